import { describe, expect, it } from 'vitest';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { Recorder, record } from '../../src/report/index.ts';
import { KcsSystem } from '../../src/scenarios/index.ts';
import { DEFAULT_KERNEL } from '../../src/linux/index.ts';
import { NOMINAL, US, type Context } from '../../src/sim/index.ts';
import { readAba, run } from './runs.ts';

describe('Recorder', () => {
  it('does not change the run, and is gone after it', () => {
    const system = new KcsSystem({ driverClass: KcsBmcMainline, settings: {} });
    const plain = { ...system.execute(NOMINAL) };
    const recording = record(system);
    expect(recording).toMatchObject({ hash: plain.hash, steps: plain.steps, time: plain.time, reason: 'done' });
    expect(system.sim.observer).toBeNull();
    expect(system.execute(NOMINAL).hash).toBe(plain.hash);
  });

  it('has every step in order, with the events of its effect', () => {
    const recording = run();
    const steps = recording.acts.filter((act) => act.step !== null);
    expect(steps).toHaveLength(recording.steps);
    for (const [i, act] of recording.acts.entries()) {
      if (i > 0) expect(act.at).toBeGreaterThanOrEqual(recording.acts[i - 1].at);
      for (const event of act.events) expect(event.at).toBe(act.at);
    }
  });

  it('goes on telling the observer that is there', () => {
    const system = new KcsSystem({ driverClass: KcsBmcMainline, settings: {} });
    let seen = 0;
    const observer = { step: (_ctx: Context) => void seen++ };
    system.sim.observer = observer;
    const { steps } = new Recorder(system).run();
    expect(seen).toBe(steps);
    expect(system.sim.observer).toBe(observer);
  });

  it('can be used again', () => {
    const recorder = new Recorder(new KcsSystem({ driverClass: KcsBmcMainline, settings: {} }));
    const first = recorder.run();
    const again = recorder.run();
    expect(again.acts).toEqual(first.acts);
  });

  it('knows from when to when a context was held, and how', () => {
    const { holds, decisions, contexts, acts } = readAba();
    expect(holds).toHaveLength(1);
    const [hold] = holds;
    expect(contexts[hold.actor]).toBe('bmc:kcsd');
    expect(decisions[hold.decision].decision).toMatchObject({ kind: 'stall', step: hold.step, value: 'quiet' });
    expect(hold.standing).toBe('keeps the CPU');
    const mine = acts.filter((act) => act.step !== null && act.actor === hold.actor);
    expect(mine[hold.step - 1].at).toBe(hold.from); // the step before has no tail
    expect(mine[hold.step].step!.issuedAt).toBe(hold.to);
  });

  it('a task that was woken is held from when it would have gone on, not from when somebody else takes a step', () => {
    // The daemon sleeps in read() until a request is there; after that the host polls, once every 11 us.
    const { holds: [hold], acts, contexts } = run({ stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: mutex_lock' }] });
    const woke = acts.findLast((act) => act.step !== null && act.at <= hold.from && contexts[act.actor] === 'bmc:irq')!;
    expect(hold.from).toBeGreaterThan(woke.at);
    const { wakeLatency, lock } = DEFAULT_KERNEL;
    expect(hold.from - woke.at).toBeLessThanOrEqual(wakeLatency + 10 * lock + 2 * US);
  });

  it('tells the observer that is there of stalls, too', () => {
    const system = new KcsSystem({ driverClass: KcsBmcMainline, settings: {} });
    const seen: string[] = [];
    system.sim.observer = { step: () => {}, held: (ctx: Context) => void seen.push(`${ctx.name} before step ${ctx.steps}`) };
    new Recorder(system).run({ plan: [{ actor: 'host', step: 3, release: { kind: 'quiet' } }], draw: () => 0 });
    expect(seen).toEqual(['host before step 3']);
  });

  it('says that a preempted task is off the CPU, and when interrupts are off', () => {
    const stalls = [{ actor: 'bmc:kcsd', at: 'copy_to_user' }];
    expect(run({ settings: { preempt: 'full' }, stalls }).holds[0].standing).toBe('off the CPU');
    expect(run({ stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: spin_unlock_irq' }] }).holds[0].standing).toBe('interrupts off');
  });

  it('knows when each decision was drawn', () => {
    const { decisions } = run({ answers: { 'more requests': [2] } });
    expect(decisions.map(({ decision, at }) => [decision.label, decision.value, at])).toEqual([['more requests', 2, 300_000_000]]);
  });

  it('counts the samples of a poll that were not simulated', () => {
    const { acts } = run({ settings: { hostMode: 'poll' } });
    const polls = acts.map((act) => act.step?.poll).filter((poll) => poll !== undefined);
    // 280 us from the last byte to ODR, a look every 11 us
    expect(Math.max(...polls.map((poll) => poll.samples))).toBeGreaterThan(15);
  });

  it('keeps what user copies carried', () => {
    const { acts } = run();
    const copied = acts.flatMap((act) => act.step?.bytes ?? []);
    expect(copied.slice(0, 8)).toEqual([0xc0, 0x0e, 0x01, 0x07, 0x31, 0x68, 0x0b, 0xb1]);
  });
});
