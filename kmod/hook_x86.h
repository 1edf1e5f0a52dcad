/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a hook is made of on x86-64; nothing else in the module knows the
 * instruction set.
 *
 * A traceable function begins with a five-byte nop (after endbr64, where the
 * kernel was built with IBT).  ftrace turns it into
 *
 *	call stub		the address of the rest of the function is on
 *				the stack now, above the caller's return address
 *   stub: lea 8(%rsp),%rsp	forget it
 *	jmp wrapper		arguments are still in their registers: to the
 *				wrapper it looks as if the caller had called it
 *
 * and the wrapper reaches the rest of the function by a static call to the
 * instruction behind the nop: a direct call, which needs neither a retpoline
 * nor a landing pad.  Kernels with DYNAMIC_FTRACE_WITH_JMP put "jmp wrapper"
 * in place of the nop and need no stub.
 */
#ifndef VZ_KMOD_HOOK_X86_H
#define VZ_KMOD_HOOK_X86_H

#include <asm/ibt.h>
#include <linux/ftrace.h>
#include <linux/objtool.h>
#include <linux/types.h>

#define HOOK_NOP_SIZE	5
#define HOOK_ENDBR_SIZE	4

#define HOOK_DEFINE_STUB(name)						\
	asm(".pushsection .text, \"ax\", @progbits\n"			\
	    ".balign 16\n"						\
	    ".type hook_stub_" #name ", @function\n"			\
	    ".globl hook_stub_" #name "\n"				\
	    "hook_stub_" #name ":\n"					\
	    ASM_ENDBR							\
	    "leaq 8(%rsp), %rsp\n"					\
	    "jmp hook_wrap_" #name "\n"					\
	    "int3\n"							\
	    ".size hook_stub_" #name ", . - hook_stub_" #name "\n"	\
	    ".popsection\n")

/* It changes the stack pointer, which objtool could not make sense of. */
#define HOOK_MARK_STUB(name) STACK_FRAME_NON_STANDARD(hook_stub_##name)

/* Is this the five bytes that ftrace patches, be they in use or not? */
static inline bool hook_is_patch_site(unsigned long ip)
{
	static const u8 nop[HOOK_NOP_SIZE] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	const u8 *code = (const u8 *)ip;

	return !memcmp(code, nop, sizeof(nop)) || *code == 0xe8 || *code == 0xe9;
}

/* Where ftrace patches the function at @entry; 0 if it does not. */
static inline unsigned long hook_patch_site(unsigned long entry)
{
	if (hook_is_patch_site(entry))
		return entry;
	if (hook_is_patch_site(entry + HOOK_ENDBR_SIZE))
		return entry + HOOK_ENDBR_SIZE;
	return 0;
}

/* What ftrace is told to go to. */
static inline unsigned long hook_target(void *stub, void *wrapper)
{
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_JMP
	return ftrace_jmp_set((unsigned long)wrapper);
#else
	return (unsigned long)stub;
#endif
}

#endif
