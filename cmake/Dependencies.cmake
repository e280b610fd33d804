# External libraries, each behind one target.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SERIALPORT REQUIRED IMPORTED_TARGET libserialport)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
find_package(ZLIB REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# ef_late_package(NAME): the library that pkg-config found as NAME is loaded with its first use, because
# each linked library makes every start longer. Sets EF_NAME_FILE, what to load. Where only a static
# library is installed, and on macOS, whose loader does not search Homebrew's folder, it is linked instead:
# EF_NAME_TARGET, and EF_PC_NAME for espflash.pc stays as it is.
if(CMAKE_DL_LIBS)
	set(EF_PC_DL " -l${CMAKE_DL_LIBS}")
endif()
function(ef_late_package name)
	list(GET ${name}_LINK_LIBRARIES 0 _library)
	if(UNIX AND NOT APPLE AND _library MATCHES "[.]so$")
		# The name without a number is only in the development package, and the file's real name may
		# have the number of a release instead of the interface's, as that of elfutils has.
		execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${_library} OUTPUT_VARIABLE _headers ERROR_QUIET)
		if(_headers MATCHES "SONAME +([^ \n]+)")
			set(EF_${name}_FILE ${CMAKE_MATCH_1} PARENT_SCOPE)
			set(EF_${name}_TARGET "" PARENT_SCOPE)
			set(EF_PC_${name} "" PARENT_SCOPE)
			return()
		endif()
	endif()
	set(EF_${name}_TARGET PkgConfig::${name} PARENT_SCOPE)
endfunction()
# libzip brings OpenSSL, which would double the time of each start.
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
set(EF_PC_LIBZIP " libzip")
ef_late_package(LIBZIP)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
# ef_optional_package(NAME PURPOSE MODULES...): a library that may be missing. ESPFLASH_NAME is AUTO, ON
# (it must be there) or OFF. Sets NAME_FOUND, PkgConfig::NAME, and EF_PC_NAME for espflash.pc.
macro(ef_optional_package name purpose)
	set(ESPFLASH_${name} AUTO CACHE STRING "${purpose}: AUTO, ON or OFF")
	if(NOT ESPFLASH_${name} STREQUAL "OFF")
		set(_required "")
		if(ESPFLASH_${name} STREQUAL "ON")
			set(_required REQUIRED)
		endif()
		pkg_check_modules(${name} ${_required} IMPORTED_TARGET ${ARGN})
		if(${name}_FOUND)
			string(REPLACE ";" " " EF_PC_${name} ";${ARGN}")
		endif()
	endif()
endmacro()
# libdw gives source lines for addresses in the monitor. Without it the monitor shows only names. It
# brings libelf and three decompressors.
ef_optional_package(LIBDW "Read DWARF with elfutils' libdw" libdw libelf)
if(LIBDW_FOUND)
	ef_late_package(LIBDW)
endif()
# libdeflate compresses 1.6 % better than zlib, which serves without it.
ef_optional_package(LIBDEFLATE "Compress with libdeflate" libdeflate)
# Nettle uses the processor's SHA instructions, which Mbed TLS 2.28 does not, and takes a third of the time
# to load. It needs no other library.
ef_optional_package(NETTLE "Digests and base64 from Nettle" nettle)
if(NOT NETTLE_FOUND)
	find_path(MBEDTLS_INCLUDE_DIR mbedtls/sha256.h REQUIRED)
	find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
	add_library(ef_mbedcrypto INTERFACE)
	target_include_directories(ef_mbedcrypto SYSTEM INTERFACE ${MBEDTLS_INCLUDE_DIR})
	target_link_libraries(ef_mbedcrypto INTERFACE ${MBEDCRYPTO_LIBRARY})
	set(EF_PC_MBEDTLS " -lmbedcrypto")
endif()
# The monitor demangles C++ names with a C++ runtime's __cxa_demangle, which C can call. Prefer GNU's
# libsupc++: it is a static library, so the program needs no C++ library at run time. LLVM and macOS
# have libc++abi. If none is found, C++ names stay mangled.
include(CheckLibraryExists)
foreach(_library supc++ c++abi stdc++)
	string(MAKE_C_IDENTIFIER EF_${_library}_DEMANGLES _found)
	check_library_exists(${_library} __cxa_demangle "" ${_found})
	if(${_found})
		set(EF_DEMANGLE_LIBRARY ${_library})
		set(EF_PC_DEMANGLE " -l${_library}")
		break()
	endif()
endforeach()
if(NOT EF_DEMANGLE_LIBRARY)
	message(STATUS "No C++ runtime (libsupc++, libc++abi, libstdc++): C++ names stay mangled")
endif()
if(ESPFLASH_TESTS)
	pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
endif()
