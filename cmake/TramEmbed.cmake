# tram_embed_text(VARIABLE HEADER file...): writes generated/HEADER with one `inline constexpr char` raw string a file,
# named after the file (tram_pe.sv -> tram_pe_sv), and sets VARIABLE to its path. The header follows the files.
function(tram_embed_text variable header)
  set(output ${CMAKE_BINARY_DIR}/generated/${header})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/WriteEmbeddedText.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/WriteEmbeddedText.cmake
    COMMENT "Embedding ${header}" VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
