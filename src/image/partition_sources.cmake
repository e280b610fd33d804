# The partition table's files; the image layer's list includes this one.
target_sources(espflash PRIVATE
	${CMAKE_CURRENT_LIST_DIR}/partition.c
	${CMAKE_CURRENT_LIST_DIR}/partition_check.c
	${CMAKE_CURRENT_LIST_DIR}/partition_csv.c
	${CMAKE_CURRENT_LIST_DIR}/partition_names.c
	${CMAKE_CURRENT_LIST_DIR}/partition_text.c)
