# How a library, a program and a test of this project are declared: one function each.

# Flags of our own code: warnings are errors, AVX2 is the baseline. GCC 12 takes string_view::find out of a precompiled
# header for an overread.
add_library(tram_flags INTERFACE)
target_compile_options(tram_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  $<IF:$<CXX_COMPILER_ID:Clang>,-Wno-sign-conversion,-Wno-stringop-overread> -march=x86-64-v3 -ffp-contract=off)
target_link_libraries(tram_flags INTERFACE fmt::fmt)  # part of the precompiled headers
target_include_directories(tram_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(TRAM_SANITIZE)
  target_compile_options(tram_flags INTERFACE -fsanitize=${TRAM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tram_flags INTERFACE -fsanitize=${TRAM_SANITIZE})
endif()

# Precompiled headers: one for libraries, one for programs, one for tests (their flags differ).
add_library(tram_library_headers OBJECT ${CMAKE_SOURCE_DIR}/cmake/headers.cpp)
add_executable(tram_program_headers ${CMAKE_SOURCE_DIR}/cmake/headers.cpp)
add_executable(tram_test_headers ${CMAKE_SOURCE_DIR}/cmake/headers.cpp)
foreach(headers tram_library_headers tram_program_headers tram_test_headers)
  target_link_libraries(${headers} PRIVATE tram_flags)
  target_precompile_headers(${headers} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch_common.hpp)
endforeach()
target_link_libraries(tram_test_headers PRIVATE GTest::gtest)
target_precompile_headers(tram_test_headers PRIVATE <gtest/gtest.h>)

# tram_library(NAME [FOLDERS a ...] [SOURCES a.cpp ...] [DEPS public...] [PRIVATE_DEPS private...]): every .cpp of the
# folders (without FOLDERS and SOURCES: of this one) and the sources named.
function(tram_library name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT ARG_FOLDERS AND NOT ARG_SOURCES)
    set(ARG_FOLDERS .)
  endif()
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND ARG_SOURCES ${found})
  endforeach()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC tram_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  target_precompile_headers(${name} REUSE_FROM tram_library_headers)
endfunction()

# tram_program(NAME SOURCES NAME.cpp ... DEPS ...)
function(tram_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tram_flags ${ARG_DEPS})
  target_precompile_headers(${name} REUSE_FROM tram_program_headers)
endfunction()

# tram_test(NAME SOURCES a_test.cpp ... DEPS ... [TIMEOUT seconds]): each test runs in a process of its own.
function(tram_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE tram_flags ${ARG_DEPS} GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM tram_test_headers)
  target_compile_options(${name} PRIVATE -Wno-array-bounds)  # GCC 12: literals in initialiser lists of strings
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
