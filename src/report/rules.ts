import type { Violation } from '../sim/index.ts';

/** A rule that a finding breaks. */
export interface Rule {
  /** What must hold, as a clause: "a response answers the request ...". */
  readonly text: string;
  /** Who says so. */
  readonly source: string;
}

/** Rules by `oracle/rule`; an oracle's own name is its general rule. */
export type Rules = Readonly<Record<string, Rule>>;

const READ_STATE = 'IPMI 2.0 section 9.15';
const MAN_READ = 'read(2)';

/** Of every interface, in the words of KCS. */
const RULES: Rules = {
  'wrong-response': { text: 'the response that the host reads answers the request that it wrote last', source: 'IPMI 2.0 sections 9.2 and 9.15' },
  'wrong-response/answers-another-request': {
    text: 'after a restart the response to the request that was given up must not reach the host', source: 'IPMI 2.0 sections 9.12 and 9.15',
  },
  'wrong-response/answers-nothing': { text: 'a response carries the NetFn, LUN and command of its request', source: 'IPMI 2.0 section 9.3' },
  'torn-message': { text: 'a message is handed on byte for byte as it was written between WRITE_START and the byte after WRITE_END', source: READ_STATE },
  'torn-message/truncated': { text: 'read() hands out one whole request or fails', source: 'drivers/char/ipmi/kcs_bmc: one request a read()' },
  'torn-message/mixed': { text: 'a request is the bytes of one transfer; WRITE_START begins a new one and drops what was there', source: 'IPMI 2.0 sections 9.12 and 9.15' },
  'torn-message/response': { text: 'what the host gets is the whole echo that it asked for, byte for byte', source: READ_STATE },
  'lost-request': { text: 'a request that was written to its end is handed to the daemon, or refused by ERROR_STATE', source: 'IPMI 2.0 section 9.14' },
  'lost-response': { text: 'a response is delivered to the host that waits for it, or the transfer ends in ERROR_STATE', source: 'IPMI 2.0 section 9.14' },
  'lost-response/accepted': { text: 'a response that write() has accepted reaches the host, or the transfer ends in ERROR_STATE', source: 'IPMI 2.0 section 9.14' },
  'lost-response/refused': { text: 'the response to the request in hand is accepted by write()', source: 'IPMI 2.0 section 9.15, write(2)' },
  'phantom-request': { text: 'read() hands out only what the host has sent', source: READ_STATE },
  'duplicate-request': { text: 'read() hands out each request once', source: MAN_READ },
  'stuck-ibf': { text: 'the BMC reads IDR, and so clears IBF, for whatever the host writes', source: 'IPMI 2.0 sections 9.12 and 9.15' },
  'stuck-ibf/closed': { text: 'the BMC answers by ERROR_STATE, not by silence, also while no daemon has the device open', source: 'IPMI 2.0 section 9.14' },
  'stuck-obf': { text: 'OBF falls when the host reads ODR and rises only when the BMC writes it', source: 'IPMI 2.0 section 9.5' },
  'irq-storm': { text: 'a handler of a level interrupt removes its cause: it reads IDR, whatever it does with the byte', source: 'AST2500: IBF is a level interrupt' },
  'spurious-irq': { text: 'a handler returns IRQ_HANDLED for an interrupt of its device', source: 'kernel/irq/spurious.c: nobody cared' },
  hang: { text: 'a host that follows the protocol gets a response or ERROR_STATE in finite time', source: 'IPMI 2.0 sections 9.14 and 9.15' },
  'hang/not-open': { text: 'a request that nobody can serve is refused by ERROR_STATE', source: 'IPMI 2.0 section 9.14' },
  'hang/overflow-not-reported': { text: 'a request that the BMC gives up for its length ends in ERROR_STATE and status code 06h', source: 'IPMI 2.0 section 9.14 and Table 9-4' },
  'hang/no-recovery': { text: 'after faults have ended, a host that follows the protocol is served again', source: READ_STATE },
  'hang/endless-loop': { text: 'a loop ends', source: 'Linux: soft lockup' },
  'hang/endless': { text: 'the system comes to rest', source: 'limit of steps of one execution' },
  'sleep-in-atomic': { text: 'what may sleep is not called under a spinlock, with interrupts off, or in interrupt context', source: 'Linux: might_sleep()' },
  deadlock: { text: 'a lock is free when its holder asks for it, and released by its holder only', source: 'Linux: Documentation/locking' },
  'deadlock/recursive-lock': { text: 'a lock is not taken twice by the same context', source: 'Linux: Documentation/locking/spinlocks.rst' },
  'deadlock/lock-held-below': {
    text: 'a lock that an interrupt handler takes is held elsewhere only with interrupts off', source: 'Linux: Documentation/locking/spinlocks.rst',
  },
  'deadlock/unlock-not-held': { text: 'a lock is released by the context that holds it', source: 'Linux: Documentation/locking' },
  'deadlock/grace-period-in-reader': { text: 'synchronize_rcu() is not called in an RCU reader, for whose end it waits', source: 'Linux: Documentation/RCU/checklist.rst' },
  'data-race': { text: 'two accesses to a shared field, one of them a write, are ordered by a lock or marked', source: 'Linux kernel memory model' },
  'data-race/suspicious-rcu-usage': { text: 'what readers may free is followed in a reader only', source: 'Linux: Documentation/RCU/lockdep.rst' },
  'out-of-bounds': { text: 'a buffer is accessed within its bounds', source: 'Linux: KASAN' },
  'out-of-bounds/oops': { text: 'the driver does nothing at which the kernel gives up', source: 'Linux: Oops' },
  'out-of-bounds/stack-overflow': { text: 'a stack of the kernel is not used beyond its end', source: 'Linux: THREAD_SIZE, CONFIG_VMAP_STACK' },
  'out-of-bounds/invalid-free': { text: 'kfree() is given what was allocated, from its first byte', source: 'Linux: KASAN' },
  'use-after-free': { text: 'memory is not used after kfree()', source: 'Linux: KASAN' },
  'state-mismatch': { text: 'outside its critical sections the phase of the driver and S1 S0 in STR say the same', source: 'IPMI 2.0 section 9.7' },
  protocol: { text: 'the BMC follows the KCS protocol', source: 'IPMI 2.0 chapter 9' },
  'protocol/close-without-error-state': { text: 'the BMC sets ERROR_STATE when it gives up a transfer', source: 'IPMI 2.0 section 9.14' },
  'protocol/status-code': { text: 'the status code says why the BMC went to ERROR_STATE', source: 'IPMI 2.0 Table 9-4' },
  errno: { text: 'a system call fails with the errno that its manual page gives', source: MAN_READ },
  'errno/blocking-read-eagain': { text: 'read() returns -EAGAIN only with O_NONBLOCK', source: MAN_READ },
  'errno/signal-as-eagain': { text: 'a read() that a signal ends returns -ERESTARTSYS', source: 'signal(7): SA_RESTART' },
  'errno/efault-without-fault': { text: 'read() returns -EFAULT only if the buffer is not accessible', source: MAN_READ },
  'errno/fault-not-reported': { text: 'read() reports the bytes that it could not copy', source: 'copy_to_user() returns the number of bytes not copied' },
  latency: { text: 'the driver answers within its bound', source: 'the bound that was asked for' },
  'lost-byte': { text: 'each byte that the host writes is read once and looked at', source: READ_STATE },
  'lost-byte/dummy-read': { text: 'IDR is read once for each IBF that the handler has seen', source: READ_STATE },
  crash: { text: 'the driver does not crash', source: 'Linux' },
  'stuck-busy': { text: 'a busy flag is cleared when its owner is done', source: 'IPMI 2.0 section 11' },
  'duplicate-response': { text: 'each request is answered once', source: 'IPMI 2.0 section 9.2' },
  'wrong-handler/silent-conflict': { text: 'who registers for what another has is told', source: 'Corey Minyard on [RFC v1 1/4] ipmi_bmc, August 2017' },
  'wrong-handler': { text: 'a request is served by the handler that claims it', source: 'the routing of the driver' },
  'completion-code': { text: 'the completion code says what became of the request', source: 'IPMI 2.0 section 5.2' },
};

/** The rule that `violation` breaks: its own, or its oracle's general one; those of the interface, if it has any, first. */
export function ruleOf({ oracle, rule }: Pick<Violation, 'oracle' | 'rule'>, own: Rules = {}): Rule {
  const name = `${oracle}/${rule}`;
  return own[name] ?? own[oracle] ?? RULES[name] ?? RULES[oracle] ?? { text: 'what the oracle of this name watches', source: oracle };
}
