# Everything the project takes from the system; ./setup installs it from Debian's packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(verilator REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc tlm)
if(TRAM_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# SystemC as Debian builds it: C++17 ABI checked by version string, headers not clean under our warnings.
add_library(tram_systemc INTERFACE)
target_link_libraries(tram_systemc INTERFACE PkgConfig::systemc)
target_compile_definitions(tram_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)

# oneDNN: Debian's CMake package asks for OpenCL, which its CPU library does not need.
find_path(TRAM_ONEDNN_INCLUDE dnnl.hpp REQUIRED)
find_library(TRAM_ONEDNN_LIBRARY dnnl REQUIRED)
add_library(tram_onednn INTERFACE)
target_include_directories(tram_onednn SYSTEM INTERFACE ${TRAM_ONEDNN_INCLUDE})
target_link_libraries(tram_onednn INTERFACE ${TRAM_ONEDNN_LIBRARY})

# The ONNX file format: Debian ships the generated protobuf code in a library without a CMake package.
find_package(Protobuf REQUIRED)
find_path(TRAM_ONNX_INCLUDE onnx/onnx-ml.pb.h REQUIRED)
find_library(TRAM_ONNX_LIBRARY onnx_proto REQUIRED)
add_library(tram_onnx_format INTERFACE)
target_include_directories(tram_onnx_format SYSTEM INTERFACE ${TRAM_ONNX_INCLUDE})
target_compile_definitions(tram_onnx_format INTERFACE ONNX_ML ONNX_NAMESPACE=onnx)
target_link_libraries(tram_onnx_format INTERFACE ${TRAM_ONNX_LIBRARY} protobuf::libprotobuf)

# MPI, if it is there: only training on several processes needs it. Its C functions alone.
set(MPI_CXX_SKIP_MPICXX TRUE)
find_package(MPI QUIET COMPONENTS CXX)
set(TRAM_MPI ${MPI_CXX_FOUND})
if(TRAM_MPI)
  add_library(tram_mpi INTERFACE)
  target_include_directories(tram_mpi SYSTEM INTERFACE ${MPI_CXX_INCLUDE_DIRS})
  target_compile_definitions(tram_mpi INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
  target_link_libraries(tram_mpi INTERFACE ${MPI_CXX_LIBRARIES})
endif()
