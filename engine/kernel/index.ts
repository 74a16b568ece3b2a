// The list of kernel models. Adding one is a file and a line here.

import type { KernelModel } from './kernel.ts'
import { linux2542Mail } from './linux-2.5.42-mail.ts'
import { linux2542Remap } from './linux-2.5.42-remap.ts'
import { linux2542RemapP3 } from './linux-2.5.42-remap-p3.ts'

export const KERNELS: readonly KernelModel[] = [linux2542Remap, linux2542RemapP3, linux2542Mail]
