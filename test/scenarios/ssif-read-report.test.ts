import { describe, expect, it } from 'vitest';
import { formatTale, mediumOf, record, transcriptJson } from '../../src/report/index.ts';
import { SSIF, SSIF_READ_REPORT, SSIF_PARAMETERS, scenario } from '../../src/scenarios/index.ts';
import { firstMissing } from '../report/runs.ts';

const run = (driver?: string) => record(SSIF_READ_REPORT.build({ settings: {}, ...(driver === undefined ? {} : { driver }) }));
const tale = (recording: ReturnType<typeof run>) => formatTale(recording, SSIF_READ_REPORT.report!, 'these drivers');

describe('ssif-read-report', () => {
  const broken = run();
  const text = tale(broken);

  it('is a scenario whose conditions are within the bounds of ssif', () => {
    expect(scenario('ssif-read-report')).toBe(SSIF_READ_REPORT);
    for (const { name, default: value } of SSIF_READ_REPORT.parameters) {
      const { min, max } = SSIF_PARAMETERS.find((parameter) => parameter.name === name)!;
      if (typeof value === 'number') expect(value >= min! && value <= max!, name).toBe(true);
    }
    expect(SSIF_READ_REPORT.models({ settings: {} })).toMatchObject({ 'driver ssif-bmc@v10': 1, 'driver i2c-aspeed@2022': 1, 'scenario ssif-read-report': 1 });
  });

  it('needs no schedule: response and recovery are lost with nominal timing', () => {
    expect(broken.decisions).toEqual([]);
    expect(broken.violations.map(({ oracle, rule }) => `${oracle}/${rule}`)).toEqual(['lost-response/withheld', 'lost-request/never-delivered', 'hang/no-recovery']);
  });

  it('tells bus, status words, slave events and states on one timeline', () => {
    expect(firstMissing(
      text,
      /"It works as long as I only ever send SSIF commands/,
      /irqLatency=40 us: /,
      /host: request 1 begins/,
      /\.\.\. writes 02h: request 1 \(tag 1\), 32 bytes, STOP; each taken by the handler/,
      /INTR_STS=10h STOP: I2C_SLAVE_STOP; SSIF_REQ_RECVING -> *\n? *SSIF_READY; wake_up/,
      /write\(\) of .* is accepted/,
      /from the BMC, NAK\n.*STOP\n.*reads 09h: count +START, address 10h write, ACK/,
      /INTR_STS=96h SLAVE_MATCH RX_DONE STOP TX_NAK:\n? *I2C_SLAVE_STOP, LOST: *\n? *I2C_SLAVE_WRITE_REQUESTED;/,
      /09h ACK\n.*INTR_STS=04h RX_DONE: no event; not handled: RX_DONE/,
      /INTR_STS=84h SLAVE_MATCH RX_DONE:\n? *I2C_SLAVE_READ_REQUESTED; SSIF_READY -> SSIF_ABORTING/,
      /00h from the BMC, NAK/,
      /\.\.\. the same \d+ rows 248 times more/,
      /!! lost-response/,
      /To blame: first i2c-aspeed, then ssif-bmc as well\./,
    )).toBeUndefined();
  });

  it('says what became of one run, not what the scenario expects', () => {
    const verdict = (driver: string) => mediumOf(run(driver)).verdict()!;
    expect(verdict('ssif-bmc@fixed,i2c-aspeed@2022').blame).toEqual(['i2c-aspeed']);
    expect(verdict('ssif-bmc@mainline,i2c-aspeed@2023-12').blame).toEqual([]);
    const [bus, read, backend] = mediumOf(broken).verdict()!.reasons;
    expect(bus).toMatch(/^i2c-aspeed reads INTR_STS=96h .* tells the backend I2C_SLAVE_STOP and loses I2C_SLAVE_WRITE_REQUESTED; so \d+ times in this run\.$/);
    expect(read).toMatch(/I2C_SLAVE_READ_REQUESTED reaches ssif-bmc in SSIF_READY .* answer 00h/);
    expect(backend).toMatch(/^ssif-bmc aborts request 2 \(tag 2\) at .* from SSIF_READY on/);
  });

  it('is gone with both drivers mended', () => {
    const fixed = run('ssif-bmc@fixed,i2c-aspeed@fixed');
    expect(fixed.violations).toEqual([]);
    expect(firstMissing(tale(fixed), /INTR_STS=96h/, /I2C_SLAVE_STOP, I2C_SLAVE_WRITE_REQUESTED;/, /request 1 \(tag 1\) is answered/, /Nobody is to blame/, /it is gone\.\n$/)).toBeUndefined();
    expect(transcriptJson(fixed)).toMatchObject({ verdict: { blame: [] } });
  });

  it('does not happen at 100 kHz, nor on a BMC that is quicker', () => {
    for (const settings of [{ smbusKhz: 100 }, { irqLatency: 30_000_000 }]) {
      expect(record(SSIF_READ_REPORT.build({ settings })).violations).toEqual([]);
    }
    expect(record(SSIF.build({ settings: {}, driver: SSIF_READ_REPORT.defaultDriver })).violations).toEqual([]);
  });
});
