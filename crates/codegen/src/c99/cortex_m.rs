//! The test bench on a Cortex-M without an operating system, in QEMU: start, memory, the ticks by which instructions are counted, and
//! the paint by which the depth of the stack is found.

/// The file that starts a Cortex-M3 or M4.
pub(super) const START: &str = r#"/* Made by nirkit. Starts a Cortex-M without an operating system, and counts ticks of its system timer and
   bytes of the stack. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t nir_stack_end, nir_bss_begin, nir_bss_end;
extern int main(void);
extern void initialise_monitor_handles(void);

uint32_t nir_ticks(void);
void nir_paint(void);
uint32_t nir_depth(void);
void nir_start(void);
static void nir_stop(void);

static volatile uint32_t *const control = (volatile uint32_t *)0xE000E010u;
static volatile uint32_t *const reload = (volatile uint32_t *)0xE000E014u;
static volatile uint32_t *const current = (volatile uint32_t *)0xE000E018u;

/* Ticks of the processor since the start, modulo 2^24. */
uint32_t nir_ticks(void)
{
  return 0xFFFFFFu - *current;
}

/* Paints 32 KiB below the stack pointer. In assembly, since it may not use the stack. */
__asm__(
  ".syntax unified\n.thumb\n.section .text.nir_paint\n.global nir_paint\n.type nir_paint, %function\nnir_paint:\n"
  "  mov r0, sp\n  sub r1, r0, #32768\n  ldr r2, =0x7A5C3E91\n"
  "1: str r2, [r0, #-4]!\n  cmp r0, r1\n  bhi 1b\n  bx lr\n  .ltorg\n"
  /* How many bytes below the stack pointer were written since. */
  ".global nir_depth\n.type nir_depth, %function\nnir_depth:\n"
  "  mov r3, sp\n  sub r1, r3, #32768\n  ldr r2, =0x7A5C3E91\n"
  "2: cmp r1, r3\n  bhs 3f\n  ldr r0, [r1], #4\n  cmp r0, r2\n  beq 2b\n  sub r1, r1, #4\n"
  "3: sub r0, r3, r1\n  bx lr\n  .ltorg\n  .text\n"
);

/* What the library calls at the end; there is nothing to do. */
void _fini(void);
void _fini(void)
{
}

static void nir_stop(void)
{
  exit(2);
}

void nir_start(void)
{
  uint32_t *word = &nir_bss_begin;
  while (word < &nir_bss_end) {
    *word = 0u;
    word++;
  }
#if defined(__ARM_FP)
  *(volatile uint32_t *)0xE000ED88u |= 0xF00000u;
#endif
  *reload = 0xFFFFFFu;
  *current = 0u;
  *control = 5u;
  initialise_monitor_handles();
  exit(main());
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
  &nir_stack_end, (void *)nir_start, (void *)nir_stop, (void *)nir_stop, (void *)nir_stop, (void *)nir_stop,
  (void *)nir_stop, 0, 0, 0, 0, (void *)nir_stop, (void *)nir_stop, 0, (void *)nir_stop, (void *)nir_stop
};
"#;

/// Where code and data lie on the boards AN385 and AN386 of QEMU, which have 4 MiB of each.
pub(super) const MEMORY: &str = "/* Made by nirkit. The memories of the boards mps2-an385 and mps2-an386. */
MEMORY
{
  FLASH (rx) : ORIGIN = 0x00000000, LENGTH = 4M
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 4M
}
ENTRY(nir_start)
SECTIONS
{
  .text : { KEEP(*(.vectors)) *(.text .text.*) *(.rodata .rodata.*) *(.init .fini) } > FLASH
  .ARM.exidx : { *(.ARM.exidx*) } > FLASH
  .init_array : { *(.preinit_array*) *(.init_array*) *(.fini_array*) } > FLASH
  .data : { *(.data .data.*) } > RAM
  .bss (NOLOAD) : { . = ALIGN(4); nir_bss_begin = .; *(.bss .bss.* COMMON) . = ALIGN(4); nir_bss_end = .; } > RAM
  . = ALIGN(8);
  end = .;
  nir_stack_end = ORIGIN(RAM) + LENGTH(RAM);
}
";

/// The part of the Makefile: `make qemu` replays the vectors on a Cortex-M3 and on a Cortex-M4 without a unit for floats.
pub(super) fn rules(name: &str) -> String {
    let machine = |core: &str, board: &str| {
        format!(
            "{name}_{core}.elf: {name}.c {name}.h {name}_test.c cortex_m.c cortex_m.ld\n\t\
             $(ARM_CC) -mcpu={core} -mthumb -Os -std=c99 -ffp-contract=off -DNIR_COUNT --specs=rdimon.specs -nostartfiles -T cortex_m.ld \
             -o $@ {name}.c {name}_test.c cortex_m.c -lm\n\n\
             qemu-{core}: {name}_{core}.elf\n\t\
             qemu-system-arm -M {board} -icount shift=0 -display none -monitor none -serial none \
             -semihosting-config enable=on,target=native -kernel {name}_{core}.elf\n\n"
        )
    };
    format!(
        "# On processors of QEMU, without an operating system.\n\
         ARM_CC ?= arm-none-eabi-gcc\n\n{}{}qemu: qemu-cortex-m3 qemu-cortex-m4\n\n\
         size:\n\t$(ARM_CC) -mcpu=cortex-m4 -mthumb -Os -std=c99 -ffp-contract=off -fstack-usage -c -o {name}_m4.o {name}.c\n\t\
         arm-none-eabi-size {name}_m4.o\n\t@cat {name}_m4.su\n\n",
        machine("cortex-m3", "mps2-an385"),
        machine("cortex-m4", "mps2-an386"),
    )
}
