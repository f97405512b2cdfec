# cmake -DSOURCES=<files, separated by |> -DOUTPUT=<file> -P source_version.cmake
string(REPLACE "|" ";" SOURCES "${SOURCES}")
set(hashes "")
foreach(source IN LISTS SOURCES)
  file(SHA256 ${source} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 hash "${hashes}")
file(WRITE ${OUTPUT} "#include \"models/quant/source_version.hpp\"
namespace tram {
const char* const source_version = \"${hash}\";
}
")
