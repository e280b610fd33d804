# Embeds Espressif's stub images as one generated C file in the build tree.
#
# The images come from ESPFLASH_STUB_DIR, a folder with *.json files (for example an
# installed esptool's targets/stub_flasher/2), or else from the npm package in
# node_modules. A build without images uses the ROM loader. tools/gen-stubs.c
# generates the file again if an image, the licence or the tool changes.
# ef_add_stubs(target) links it in.
set(EF_STUB_DIR "${ESPFLASH_STUB_DIR}")
set(EF_STUB_ORIGIN "")
set(EF_STUB_LICENCE "")
set(_npm "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/esptool-js")
if(EF_STUB_DIR)
	if(NOT IS_DIRECTORY "${EF_STUB_DIR}")
		message(FATAL_ERROR "ESPFLASH_STUB_DIR: no such folder: ${EF_STUB_DIR}")
	endif()
	# Keep only the end of the path: the binary must not contain the build machine's folders.
	string(REGEX MATCH "[^/]+/[^/]+/?$" _tail "${EF_STUB_DIR}")
	set(EF_STUB_ORIGIN "files of ${_tail}")
	foreach(_dir "${EF_STUB_DIR}" "${EF_STUB_DIR}/..")
		foreach(_name LICENSE LICENSE-APACHE LICENSE-MIT LICENSE.txt)
			if(NOT EF_STUB_LICENCE AND EXISTS "${_dir}/${_name}")
				set(EF_STUB_LICENCE "${_dir}/${_name}")
			endif()
		endforeach()
	endforeach()
elseif(EXISTS "${_npm}/lib/targets/stub_flasher")
	set(EF_STUB_DIR "${_npm}/lib/targets/stub_flasher")
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_npm}/package.json")
	# string(JSON) needs CMake 3.19
	file(STRINGS "${_npm}/package.json" _line REGEX "^  \"version\":" LIMIT_COUNT 1)
	string(REGEX REPLACE ".*: *\"([^\"]*)\".*" "\\1" _version "${_line}")
	set(EF_STUB_ORIGIN "esptool-js ${_version}")
	if(EXISTS "${_npm}/LICENSE")
		set(EF_STUB_LICENCE "${_npm}/LICENSE")
	endif()
endif()

set(EF_STUB_FILES "")
if(EF_STUB_DIR)
	file(GLOB EF_STUB_FILES CONFIGURE_DEPENDS "${EF_STUB_DIR}/*.json")
	list(SORT EF_STUB_FILES)
endif()
list(LENGTH EF_STUB_FILES _count)
if(_count EQUAL 0)
	message(STATUS "no stub images: run 'npm ci --ignore-scripts' or set ESPFLASH_STUB_DIR")
else()
	message(STATUS "${_count} stub images: ${EF_STUB_ORIGIN}")
endif()

add_executable(gen-stubs ${CMAKE_CURRENT_SOURCE_DIR}/tools/gen-stubs.c)
target_link_libraries(gen-stubs PRIVATE ef_flags)
set(ef_stub_source ${CMAKE_CURRENT_BINARY_DIR}/stub_images.c)
add_custom_command(OUTPUT ${ef_stub_source}
	COMMAND gen-stubs ${ef_stub_source} "${EF_STUB_ORIGIN}" "${EF_STUB_LICENCE}"
		${EF_STUB_FILES}
	DEPENDS gen-stubs ${EF_STUB_FILES} ${EF_STUB_LICENCE}
	COMMENT "Embedding stub images" VERBATIM)
# An object library, because CMake knows a custom command's output only in the folder that defines it.
add_library(ef_stub_images OBJECT ${ef_stub_source})
target_include_directories(ef_stub_images PRIVATE
	${CMAKE_CURRENT_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR}/include)
target_link_libraries(ef_stub_images PRIVATE ef_flags)
set_target_properties(ef_stub_images PROPERTIES C_VISIBILITY_PRESET hidden)
if(BUILD_SHARED_LIBS)
	set_target_properties(ef_stub_images PROPERTIES POSITION_INDEPENDENT_CODE ON)
endif()

function(ef_add_stubs target)
	target_sources(${target} PRIVATE $<TARGET_OBJECTS:ef_stub_images>)
endfunction()
