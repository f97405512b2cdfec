# Script of tram_embed_text: OUTPUT, FILES.
set(text "#pragma once\n// Generated: texts that the programs carry with them.\nnamespace tram::embedded {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  file(READ ${file} content)
  string(APPEND text "inline constexpr char ${identifier}[] = R\"TRAM_TEXT(${content})TRAM_TEXT\";\n")
endforeach()
file(WRITE ${OUTPUT} "${text}}  // namespace tram::embedded\n")
