import { driverText } from './toolchain.ts';

/** Lines that are put into test/c/drivers/kcs.c, by place. */
export interface Insertions {
  /** Behind the includes. */
  readonly globals?: string;
  /** Members of struct kcs. */
  readonly struct?: string;
  /** Where each begins. */
  readonly irq?: string;
  readonly read?: string;
  /** Where its locks are initialised. */
  readonly probe?: string;
  /** Behind misc_deregister(). */
  readonly remove?: string;
  /** Behind devm_free_irq(). */
  readonly freed?: string;
}

/** The line behind which each stands. */
const PLACES: Readonly<Record<keyof Insertions, string>> = {
  struct: '	u8 copy[MESSAGE];\n};',
  globals: '// ---- registers ----------------------------------------------------------------------------------\n',
  irq: '	irqreturn_t ret = IRQ_NONE;\n	unsigned long flags;\n',
  read: '	bool block = !(file->f_flags & O_NONBLOCK);\n	ssize_t ret;\n',
  probe: '	kref_init(&kcs->references);\n',
  remove: '	misc_deregister(&kcs->misc);\n',
  freed: '	devm_free_irq(&pdev->dev, platform_get_irq(pdev, 0), kcs);\n',
};

/** The KCS driver with lines of a test in it. */
export function kcsWith(lines: Insertions): string {
  let text = driverText('kcs.c').replace('#include <linux/kref.h>', '#include <linux/delay.h>\n#include <linux/kfifo.h>\n#include <linux/kref.h>\n#include <linux/timer.h>\n#include <linux/workqueue.h>');
  for (const [place, after] of Object.entries(PLACES) as [keyof Insertions, string][]) {
    const what = lines[place];
    if (what === undefined) continue;
    if (!text.includes(after)) throw new Error(`kcs.c has no ${JSON.stringify(after)}`);
    const end = place === 'struct' ? '};' : '';
    text = text.replace(after, () => `${after.slice(0, after.length - end.length)}${what}\n${end}`);
  }
  return text;
}
