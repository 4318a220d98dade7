import { describe, expect, it } from 'vitest';
import { recordingJson, type ShowEvent } from '../../src/report/index.ts';
import { readAba } from './runs.ts';

describe('recordingJson', () => {
  const recording = readAba();
  const json = JSON.parse(JSON.stringify(recordingJson(recording))) as {
    format: string; violation: { oracle: string; breaks: { source: string } }; decisions: { time: number; kind: string }[]; events: ShowEvent[]; steps: number;
  };

  it('says what it is, what went wrong, and what it took', () => {
    expect(json).toMatchObject({ format: 'inband-show/1', kernel: { preempt: 'none', cpus: 1 }, violation: { oracle: 'wrong-response' } });
    expect(json.violation.breaks.source).toContain('IPMI 2.0');
    expect(json.decisions.map(({ kind }) => kind).sort()).toEqual(['stall', 'workload']);
  });

  it('marks the breach that it is about among all; null: none', () => {
    const [first] = recording.violations;
    const other = { ...first, oracle: 'hang', rule: 'no-recovery' };
    const both = { ...recording, violations: [first, other] };
    expect(recordingJson(both, other)).toMatchObject({ violation: { oracle: 'hang' }, violations: [{ shown: false }, { oracle: 'hang', shown: true }] });
    expect(recordingJson(both, null)).toMatchObject({ violation: null, violations: [{ shown: false }, { shown: false }] });
  });

  it('has every event and step in order of time, with fields by name', () => {
    const times = json.events.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(json.events.filter(({ name }) => name === 'step')).toHaveLength(json.steps);
    const start = json.events.find(({ name }) => name === 'host.idr.write')!;
    expect(start).toMatchObject({ lane: 'lpc', actor: 'host', fields: { value: 0x61, channel: 3 } });
    expect(start.fields).not.toHaveProperty('none');
  });

  it('has the stall and the violation among them', () => {
    const at = (wanted: string) => json.events.findIndex(({ name }) => name === wanted);
    expect(at('held')).toBeGreaterThan(0);
    expect(at('released')).toBeGreaterThan(at('held'));
    expect(at('violation')).toBeGreaterThan(at('released'));
    expect(json.events[at('held')]).toMatchObject({ lane: 'task', actor: 'bmc:kcsd', fields: { until: 'quiet', standing: 'keeps the CPU' } });
  });
});
