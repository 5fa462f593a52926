# Makes shared libraries that stand for those of C when a program is linked: the same names and
# versions, but only of what the runtime and compiled code want. Half of the time that linking a
# small program takes goes into the other three thousand names.
#
#   cmake -DOUT=FOLDER -DCOMPILER=CC -DNM=nm -DREADELF=readelf -DARCHIVE=libtenure_rt.a -P system_stubs.cmake
#
# And makes one object of what every program is linked with: the start files of C, the runtime, and what these
# want of the archives. Of two hundred members of libgcc.a a program wants none.
#
# A program that wants more, of foreign functions for one, is linked with the libraries themselves.

# What compiled code may call without the program's knowledge (jit.cpp has the same list).
set(wanted memcpy memmove memset bcmp memcmp sin cos tan asin acos atan exp log log2 log10 fmod fmodf pow atan2 trunc
  truncf floor floorf ceil ceilf round roundf sqrt sqrtf)

function(file_of name out)
  execute_process(COMMAND ${COMPILER} -print-file-name=${name} OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${out} "${path}" PARENT_SCOPE)
endfunction()

foreach(name Scrt1.o crti.o crtbeginS.o libgcc.a libgcc_eh.a libc_nonshared.a crtendS.o crtn.o)
  file_of(${name} path_${name})
endforeach()
file(MAKE_DIRECTORY "${OUT}")
execute_process(COMMAND ${COMPILER} -r -nostdlib -o "${OUT}/program.o" ${path_Scrt1.o} ${path_crti.o} ${path_crtbeginS.o}
  -Wl,--whole-archive ${ARCHIVE} -Wl,--no-whole-archive ${path_libgcc.a} ${path_libgcc_eh.a} ${path_libc_nonshared.a}
  ${path_crtendS.o} ${path_crtn.o} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cannot make ${OUT}/program.o")
endif()
execute_process(COMMAND ${NM} --undefined-only --format=just-symbols "${OUT}/program.o" OUTPUT_VARIABLE names)
string(REGEX MATCHALL "[^\n]+" names "${names}")
list(APPEND wanted ${names})
list(REMOVE_DUPLICATES wanted)
set(wanted_text ";${wanted};")

foreach(library libc.so.6 libm.so.6)
  file_of(${library} real)
  execute_process(COMMAND ${READELF} --dyn-syms -W "${real}" OUTPUT_VARIABLE table RESULT_VARIABLE failed)
  string(REGEX MATCHALL "[^\n]+" lines "${table}")
  set(code "")
  set(versions "")
  foreach(line ${lines})
    # Num: Value Size Type Bind Vis Ndx Name@@Version
    if(NOT line MATCHES "^ *[0-9]+: [0-9a-f]+ +([0-9a-fx]+) (FUNC|IFUNC|OBJECT) +[A-Z]+ +DEFAULT +[0-9]+ ([A-Za-z0-9_]+)@@([A-Za-z0-9_.]+)")
      continue()
    endif()
    set(size ${CMAKE_MATCH_1})
    set(type ${CMAKE_MATCH_2})
    set(name ${CMAKE_MATCH_3})
    set(version ${CMAKE_MATCH_4})
    string(FIND "${wanted_text}" ";${name};" at)
    if(at EQUAL -1)
      continue()
    endif()
    if(type STREQUAL "OBJECT")
      string(APPEND code ".data\n.globl ${name}\n.type ${name},@object\n.size ${name},${size}\n${name}: .zero ${size}\n")
    else()
      string(APPEND code ".text\n.globl ${name}\n.type ${name},@function\n${name}: ret\n.size ${name},1\n")
    endif()
    list(APPEND versions ${version})
    string(MAKE_C_IDENTIFIER "names_${version}" of_version)
    string(APPEND ${of_version} "    ${name};\n")
  endforeach()
  list(REMOVE_DUPLICATES versions)
  set(script "")
  foreach(version ${versions})
    string(MAKE_C_IDENTIFIER "names_${version}" of_version)
    string(APPEND script "${version} {\n  global:\n${${of_version}}};\n")
    unset(${of_version})
  endforeach()
  file(WRITE "${OUT}/${library}.s" "${code}.section .note.GNU-stack,\"\",@progbits\n")
  file(WRITE "${OUT}/${library}.map" "${script}")
  execute_process(COMMAND ${COMPILER} -shared -nostdlib -Wl,-soname,${library} -Wl,--version-script,${OUT}/${library}.map
    -Wl,--hash-style=gnu -o "${OUT}/${library}" "${OUT}/${library}.s" RESULT_VARIABLE failed)
  file(REMOVE "${OUT}/${library}.s" "${OUT}/${library}.map")
  if(failed)
    message(FATAL_ERROR "cannot make ${OUT}/${library}")
  endif()
endforeach()
