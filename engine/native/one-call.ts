// All recorded calls and accesses in one foreign call: nothing of Node runs between the first and the last.
//
// Near the limit of vmas that is a necessity: V8 maps memory when it likes, and ends the process if it gets none. There is no
// compiler here, so the loop of playPlainly() is written in machine code of x86-64; registers are those of the System V ABI,
// in which the kernel takes its fourth argument in r10 and overwrites rax, rcx and r11. Nothing is left on the stack but what
// was saved there.

import { PAGE_SHIFT } from '../units.ts'
import { WRITTEN_BYTE } from './host-window.ts'
import type { Libc } from './libc.ts'
import type { RecordedCalls } from './recorded-calls.ts'

/** An instruction's bytes; those of a short jump are followed by its label, and a line alone is a label. */
type Line = readonly number[] | readonly [opcode: number, label: string] | string

/** int64_t play(int32_t *steps, int64_t stepCount, double *nextCall, char *window): the steps made. */
// biome-ignore format: one instruction a line
const PLAY: readonly Line[] = [
  [0xf3, 0x0f, 0x1e, 0xfa],                           // endbr64
  [0x53],                                             // push rbx
  [0x55],                                             // push rbp
  [0x41, 0x54],                                       // push r12
  [0x41, 0x55],                                       // push r13
  [0x41, 0x56],                                       // push r14
  [0x48, 0x89, 0xfb],                                 // mov rbx, rdi          steps
  [0x48, 0x89, 0xf5],                                 // mov rbp, rsi          how many
  [0x49, 0x89, 0xd4],                                 // mov r12, rdx          next call
  [0x49, 0x89, 0xcd],                                 // mov r13, rcx          window
  [0x45, 0x31, 0xf6],                                 // xor r14d, r14d        steps made
  'next',
  [0x49, 0x39, 0xee],                                 // cmp r14, rbp
  [0x74, 'done'],                                     // je done
  [0x4a, 0x63, 0x04, 0xb3],                           // movsxd rax, dword [rbx + 4*r14]
  [0x49, 0xff, 0xc6],                                 // inc r14
  [0x85, 0xc0],                                       // test eax, eax
  [0x78, 'call'],                                     // js call               NEXT_CALL
  [0x48, 0x89, 0xc1],                                 // mov rcx, rax
  [0x48, 0xd1, 0xe9],                                 // shr rcx, 1            page
  [0x48, 0xc1, 0xe1, PAGE_SHIFT],                     // shl rcx, PAGE_SHIFT
  [0xa8, 0x01],                                       // test al, 1
  [0x75, 'write'],                                    // jnz write
  [0x41, 0x0f, 0xb6, 0x44, 0x0d, 0x00],               // movzx eax, byte [r13 + rcx]
  [0xeb, 'next'],                                     // jmp next
  'write',
  [0x41, 0xc6, 0x44, 0x0d, WRITTEN_BYTE, 0x01],       // mov byte [r13 + rcx + WRITTEN_BYTE], 1
  [0xeb, 'next'],                                     // jmp next
  'call',
  [0xf2, 0x49, 0x0f, 0x2c, 0x04, 0x24],               // cvttsd2si rax, [r12]  number
  [0xf2, 0x49, 0x0f, 0x2c, 0x7c, 0x24, 0x08],         // cvttsd2si rdi, [r12 + 8]
  [0xf2, 0x49, 0x0f, 0x2c, 0x74, 0x24, 0x10],         // cvttsd2si rsi, [r12 + 16]
  [0xf2, 0x49, 0x0f, 0x2c, 0x54, 0x24, 0x18],         // cvttsd2si rdx, [r12 + 24]
  [0xf2, 0x4d, 0x0f, 0x2c, 0x54, 0x24, 0x20],         // cvttsd2si r10, [r12 + 32]
  [0xf2, 0x4d, 0x0f, 0x2c, 0x44, 0x24, 0x28],         // cvttsd2si r8, [r12 + 40]
  [0xf2, 0x4d, 0x0f, 0x2c, 0x4c, 0x24, 0x30],         // cvttsd2si r9, [r12 + 48]
  [0x0f, 0x05],                                       // syscall
  [0xf2, 0x48, 0x0f, 0x2a, 0xc0],                     // cvtsi2sd xmm0, rax
  [0xf2, 0x41, 0x0f, 0x11, 0x44, 0x24, 0x38],         // movsd [r12 + 56], xmm0
  [0x49, 0x83, 0xc4, 0x40],                           // add r12, 64           CALL_WORDS doubles
  [0xeb, 'next'],                                     // jmp next
  'done',
  [0x4c, 0x89, 0xf0],                                 // mov rax, r14
  [0x41, 0x5e],                                       // pop r14
  [0x41, 0x5d],                                       // pop r13
  [0x41, 0x5c],                                       // pop r12
  [0x5d],                                             // pop rbp
  [0x5b],                                             // pop rbx
  [0xc3],                                             // ret
]

/** What makes all that was recorded and returns how many steps it made. Throws an Error with the reason where it cannot. */
export function oneCall(libc: Libc, machine: string = process.arch): (recorded: RecordedCalls) => number {
  if (machine !== 'x64') throw new Error(`the machine code that makes all calls at once is for x64, not for ${machine}`)
  const play = libc.machineCode(assembled(PLAY), 'int64_t', ['void *', 'int64_t', 'void *', 'int64_t'])
  return ({ steps, stepCount, calls, base }) => play(steps, stepCount, calls, base)
}

/** The bytes, with each jump's distance from its end to its label. */
function assembled(lines: readonly Line[]): Uint8Array {
  const labels = new Map<string, number>()
  let length = 0
  for (const line of lines) {
    if (typeof line === 'string') labels.set(line, length)
    else length += line.length
  }
  const bytes: number[] = []
  for (const line of lines) {
    if (typeof line === 'string') continue
    const end = bytes.length + line.length
    bytes.push(...line.map(part => (typeof part === 'string' ? labels.get(part)! - end : part)))
  }
  return Uint8Array.from(bytes)
}
