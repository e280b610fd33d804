/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What stands around the declarations of every public header: they have C
 * linkage, and a shared library exports them. The library itself is compiled
 * with hidden visibility, so that nothing else leaves it.
 */
#ifndef ESPFLASH_API_H
#define ESPFLASH_API_H

#if defined(__GNUC__)
#define EF_VISIBILITY_PUSH _Pragma("GCC visibility push(default)")
#define EF_VISIBILITY_POP  _Pragma("GCC visibility pop")
#else
#define EF_VISIBILITY_PUSH
#define EF_VISIBILITY_POP
#endif

/* clang-format off */
#ifdef __cplusplus
#define EF_API_BEGIN extern "C" { EF_VISIBILITY_PUSH
#define EF_API_END   EF_VISIBILITY_POP }
#else
#define EF_API_BEGIN EF_VISIBILITY_PUSH
#define EF_API_END   EF_VISIBILITY_POP
#endif
/* clang-format on */

#endif
