import { describe, expect, it } from 'vitest';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import { formatLadder } from '../../src/report/index.ts';
import { firstMissing, linesWith, readAba, run, timesOf } from './runs.ts';
import { moveOf } from '../scenarios/script.ts';

describe('the read ABA of mainline', () => {
  const recording = readAba();
  const text = formatLadder(recording, { file: 'finding.json' });

  it('says in one sentence what went wrong, which rule that breaks, and who says so', () => {
    const [sentence] = text.split('\n\n');
    expect(sentence.replaceAll('\n', ' ')).toMatch(
      /^wrong-response: the host asked \[c0 0e 02 .*\] \(tag 2\) and got \[c4 0e 00 01 .*\] \(tag 1\), the answer to another request, which breaks the rule that .* \(IPMI 2\.0 sections 9\.12 and 9\.15\)\.$/,
    );
  });

  it('says the decisions in plain words, and the weakest configuration', () => {
    expect(firstMissing(
      text,
      /1\. the host does not wait for the answer to request 1 but begins request 2 \(IPMI 9\.12 allows it\)/,
      /2\. bmc:kcsd is held before copy_to_user in kcs_bmc_ipmi_read, until all else is quiet \(\d+ us; it keeps the CPU\)/,
      /Kernel: preempt=none, 1 CPU\./,
    )).toBeUndefined();
  });

  it('shows both sides in order, as bugs.md has the interleaving', () => {
    expect(firstMissing(
      text,
      /host: request 1 begins: \[c0 0e 01 .*\] \(tag 1\)/,
      /STR3=40h READ +kcs_bmc_ipmi_handle_data, phase:=WRITE_DONE/,
      /kcs_bmc_ipmi_read: mutex_lock, spin_lock_irq, spin_unlock_irq\n/, // A is in kbuffer
      /\|\| bmc:kcsd HELD before copy_to_user in kcs_bmc_ipmi_read/,
      /decision 1: the host does not wait/,
      /host: request 2 begins: \[c0 0e 02 .*\] \(tag 2\)/,
      /writes WRITE_START +IDR3=61h IBF=1 C\/D=1/,
      /STR3=89h WRITE C\/D OBF +kcs_bmc_ipmi_handle_cmd,/,
      /phase:=WRITE_START/,
      /kcs_bmc_ipmi_handle_data,/,
      /phase:=WRITE_DONE,/,
      /\|\| bmc:kcsd GOES ON with copy_to_user in kcs_bmc_ipmi_read; request 2 has been written/,
      /phase:=WAIT_READ/,
      /read\(\) returns request 1: \[c0 0e 01 .*\] \(tag 1\)/,
      /ODR3:=C4h OBF=1 +kcs_bmc_ipmi_write: phase:=READ/,
      /write\(\) of \[c4 0e 00 01 .*\] \(tag 1\) is accepted/,
      /polls STATUS \d+x/,
      /reads ODR +ODR3=C4h/,
      /host: request 2 \(tag 2\) is answered: \[c4 0e 00 01 .*\] \(tag 1\)/,
      /!! wrong-response: answers-another-request +!!/,
      /replay: inband replay finding\.json/,
    )).toBeUndefined();
  });

  it('shows everything if that is asked for: each byte, each step of the calls, and how the run ends', () => {
    const all = formatLadder(recording, { all: true });
    expect(all).not.toMatch(/ \.\.\. /);
    // Each byte of both requests, in its own row; and the end of the run, behind the breach.
    for (const byte of ['C0', '0E', '01', '02', '07', '08', 'B1', 'B2']) expect(linesWith(all, `writes ${byte}h`, `IDR3=${byte}h IBF=1`).length, byte).toBeGreaterThan(0);
    expect(firstMissing(all, /open\(\)/, /HELD before copy_to_user/, /GOES ON/, /!! wrong-response/, /reads STATUS/)).toBeUndefined();
    expect(timesOf(all)).toEqual(timesOf(all).toSorted((one, other) => one - other));
  });

  it('fits a screen: about forty lines, and the columns that were asked for', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(46);
    for (const width of [80, 100, 112, 120]) {
      for (const line of formatLadder(recording, { width }).split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });

  it('folds what carries no information', () => {
    expect(linesWith(text, '... WRITE_START, 8 bytes and WRITE_END of request 1')).toHaveLength(1);
    expect(linesWith(text, '... 7 more bytes and WRITE_END of request 2, each taken by')).toHaveLength(1);
    expect(linesWith(text, '... 8 more bytes of the response to request 2 and its end, each taken by kcs_bmc_ipmi_handle_data')).toHaveLength(1);
    expect(text).not.toContain('IDR3=C0h');
  });

  it('marks the held context in every row until it goes on', () => {
    const lines = text.split('\n');
    const from = lines.findIndex((line) => line.includes('HELD before'));
    const to = lines.findIndex((line) => line.includes('GOES ON'));
    expect(to).toBeGreaterThan(from + 5);
    for (const line of lines.slice(from + 1, to)) expect(line).toMatch(/\|\|$/);
    for (const line of lines.slice(to + 1)) expect(line).not.toMatch(/\|\|/);
  });

  it('has times that never go back', () => {
    const times = timesOf(text);
    expect(times.length).toBeGreaterThan(15);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is the same text for the same run', () => {
    expect(formatLadder(readAba(), { file: 'finding.json' })).toBe(text);
  });

  it('is plain text unless colour is asked for, and the same text with it', () => {
    const coloured = formatLadder(recording, { file: 'finding.json', color: true });
    const escape = /\u001b\[[\d;]*m/g; // eslint-disable-line no-control-regex
    expect(text).not.toMatch(escape);
    expect(coloured).toMatch(escape);
    expect(coloured.replaceAll(escape, '')).toBe(text);
  });
});

describe('other findings', () => {
  it('shows each step of the call in which the kernel rule is broken', () => {
    const text = formatLadder(run({ driver: KcsBmcV2, oracles: ['sleep-in-atomic'] }));
    expect(firstMissing(text, /It takes no decision: this happens with nominal timing/, /kcs_bmc_read: spin_lock_irq, copy_to_user\n/, /!! sleep-in-atomic: copy_to_user-in-atomic-context/)).toBeUndefined();
    expect(text.replaceAll('\n', ' ')).toContain('(Linux: might_sleep())');
  });

  it('takes a pass of the handler apart if somebody is held in it', () => {
    const text = formatLadder(run({ stalls: [{ actor: 'bmc:irq', at: 'kcs_bmc_ipmi_handle_cmd: ODR3' }] }));
    expect(firstMissing(
      text,
      /STR3 read: 0Ah IDLE C\/D IBF +kcs_bmc_ipmi_event: spin_lock/,
      /STR3:=8Ah WRITE C\/D IBF +kcs_bmc_ipmi_handle_cmd/,
      /\|\| bmc:irq HELD before ODR3 write in kcs_bmc_ipmi_handle_cmd for 50 us/,
      /\|\| bmc:irq GOES ON with ODR3 write/,
      /ODR3:=00h OBF=1 +kcs_bmc_ipmi_handle_cmd/,
      /IDR3 read: 61h, IBF=0/,
    )).toBeUndefined();
  });

  it('shows the host that is held in its own column', () => {
    const text = formatLadder(run({
      settings: { hostMode: 'irq' }, stalls: [{ actor: 'host', at: 'wait for IRQ', nth: 6, release: { kind: 'for', ps: 3_000_000_000 } }],
    }));
    expect(firstMissing(text, /host is held before wait for IRQ in smi_event_handler, for 3 ms\n/, /\|\| host HELD before wait for IRQ/, /\n *[\d.]+ {2}\|\| +STR3=/, /\|\| host GOES ON/)).toBeUndefined();
  });

  it('shows SerIRQ in its column where the host is driven by interrupt', () => {
    const text = formatLadder(run({ settings: { hostMode: 'irq' } }));
    expect(firstMissing(text, /ODR3:=C4h/, /IRQ5 up/, /IRQ5 high/, /reads ODR +ODR3=C4h +IRQ5 down/)).toBeUndefined();
  });

  it('does not fold the byte at which the BMC goes to ERROR_STATE', () => {
    const text = formatLadder(run({ answers: { 'host move': [moveOf('wrong byte while reading')] }, oracles: ['state-mismatch'] }));
    expect(firstMissing(text, /writes 69h/, /STR3=C1h ERROR OBF +kcs_bmc_ipmi_handle_data/, /!! state-mismatch/)).toBeUndefined();
  });
});

describe('a nominal run', () => {
  it('shows one request, and the others in one row', () => {
    const text = formatLadder(run({ settings: { requests: 4 } }));
    expect(firstMissing(text, /Nominal timing: no decision departs from it/, /host: request 1 begins/, /request 1 \(tag 1\) is answered/, /\.\.\. 3 requests: 3 answered/)).toBeUndefined();
    expect(text).not.toContain('request 3');
  });

  it('shows a part of the run if asked, and what was before it in one row', () => {
    const recording = run({ settings: { requests: 3 } });
    const text = formatLadder(recording, { from: 3_300_000_000, to: 4_900_000_000 });
    expect(linesWith(text, '... before: request 1 (tag 1) is answered')).toHaveLength(1);
    expect(Math.min(...timesOf(text))).toBeGreaterThanOrEqual(3300);
    expect(Math.max(...timesOf(text))).toBeLessThanOrEqual(4900);
  });
});

describe('what the kernel does to a task', () => {
  /** Unbound while the daemon thinks, which lasts longer than that. */
  const unbound = { oracles: ['use-after-free'], answers: { 'driver is unbound': [3], 'think longer': [4] } };

  it('use after free: when the driver was unbound, and when its memory was freed', () => {
    const text = formatLadder(run(unbound));
    expect(firstMissing(
      text,
      /^use-after-free: mutex_lock\(mutex\) is used after kcs_bmc_ipmi was freed/,
      /\d\. the driver is unbound after 5 ms\n/,
      / 5000\.\d+ .*unbind: the driver is being removed\n/,
      / 5000\.\d+ .*unbind: kfree\(kcs_bmc_ipmi\)\n/,
      /kcs_bmc_ipmi_write: mutex_lock\n/,
      /!! use-after-free/,
    )).toBeUndefined();
  });

  it('they are shown even if nothing else matters so early', () => {
    const recording = run(unbound);
    const [violation] = recording.violations;
    const late = { ...recording, decisions: [], holds: [], violations: [{ ...violation, at: recording.time }] };
    expect(formatLadder(late)).toMatch(/unbind: the driver is being removed\n[^]*unbind: kfree\(kcs_bmc_ipmi\)\n/);
  });

  it('a page fault in mid-copy', () => {
    const sleeps = formatLadder(run({ driver: KcsBmcV2, oracles: ['sleep-in-atomic'], answers: { 'request buffer': [1] } }), { violation: null });
    expect(sleeps).toMatch(/kcs_bmc_read: page fault in copy_to_user, the task sleeps until the\n? *page is there\n/);
    const unmapped = formatLadder(run({ driver: KcsBmcV2, oracles: ['lost-request'], answers: { 'request buffer': [2] } }));
    expect(firstMissing(unmapped, /kcs_bmc_read: page fault in copy_to_user, the page is unmapped\n/, /read\(\) = -EFAULT/)).toBeUndefined();
  });
});
