// The list of kernel models. Adding one is a file and a line here.

import { linux24 } from './linux-2.4.ts'
import { linux2542Mail } from './linux-2.5.42-mail.ts'
import { linux2542Remap } from './linux-2.5.42-remap.ts'
import { linux2542RemapLowpte } from './linux-2.5.42-remap-lowpte.ts'
import { linux2542RemapNopae } from './linux-2.5.42-remap-nopae.ts'
import { linux2542RemapP3 } from './linux-2.5.42-remap-p3.ts'
import { linux2620 } from './linux-2.6.20.ts'
import { linux310 } from './linux-3.10.ts'
import { linux310Pae } from './linux-3.10-pae.ts'
import { linux40 } from './linux-4.0.ts'
import { linux618 } from './linux-6.18.ts'
import type { KernelModel } from './model.ts'

export const KERNELS: readonly KernelModel[] = [
  linux24,
  linux2542Remap,
  linux2542RemapP3,
  linux2542RemapLowpte,
  linux2542RemapNopae,
  linux2542Mail,
  linux2620,
  linux310,
  linux310Pae,
  linux40,
  linux618,
]
