# How a library, a program and a test of this project are declared: one function each.

# Flags of our own code: warnings are errors, AVX2 is the baseline.
add_library(tram_flags INTERFACE)
target_compile_options(tram_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -march=x86-64-v3 -ffp-contract=off)
target_include_directories(tram_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(TRAM_SANITIZE)
  target_compile_options(tram_flags INTERFACE -fsanitize=${TRAM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tram_flags INTERFACE -fsanitize=${TRAM_SANITIZE})
endif()

# tram_library(NAME SOURCES a.cpp ... [DEPS public...] [PRIVATE_DEPS private...])
function(tram_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC tram_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# tram_program(NAME SOURCES main.cpp ... DEPS ...)
function(tram_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tram_flags ${ARG_DEPS})
endfunction()

# tram_test(NAME SOURCES a_test.cpp ... DEPS ... [TIMEOUT seconds]): each test runs in a process of its own.
function(tram_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE TRAM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE tram_flags ${ARG_DEPS} GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
