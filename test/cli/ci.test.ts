import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFinding, serializeFinding } from '../../src/index.ts';
import { readXml } from '../report/hunt/xml.ts';
import { ROOT, expectRefusal, setUp } from './inband.ts';

const inband = setUp();

const KNOWN = join(ROOT, 'test/data/findings/kcs-read-aba.json');
/** A hunt that finds nothing. */
const HUNT = ['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--oracle', 'hang', '--budget', '5x', '--ci'] as const;

/** A folder in which `inband-findings/known.json` is a finding that reproduces, or one that does not. */
function withFinding(reproduces: boolean): string {
  const cwd = inband.folder();
  mkdirSync(join(cwd, 'inband-findings'));
  const file = join(cwd, 'inband-findings/known.json');
  if (reproduces) copyFileSync(KNOWN, file);
  else writeFileSync(file, serializeFinding({ ...parseFinding(readFileSync(KNOWN, 'utf8'), KNOWN), decisions: [] }));
  return cwd;
}

describe('hunt --ci', () => {
  it('runs first what is kept where findings are saved: what is back counts as found, in all reports', async () => {
    const cwd = withFinding(true);
    const { code, stdout } = await inband.run([...HUNT, '--junit', 'j.xml', '--sarif', 's.sarif', '--ndjson', 'e.ndjson'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^it is back: [^\n]+\n {4}inband show inband-findings\/known\.json\n1 regression in inband-findings: 1 is back\n/);
    expect(stdout).toContain('nothing found: 5 executions');
    const { oracle } = parseFinding(readFileSync(KNOWN, 'utf8'), KNOWN);
    const cases = readXml(readFileSync(join(cwd, 'j.xml'), 'utf8')).children.filter(({ name }) => name === 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes['name'], children.length])).toEqual([['hang', 0], [oracle, 1]]);
    expect(JSON.parse(readFileSync(join(cwd, 's.sarif'), 'utf8'))).toMatchObject({ runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'inband-findings/known.json' } } }] }] }] });
    expect(readFileSync(join(cwd, 'e.ndjson'), 'utf8')).toMatch(/"event":"finding".*\n(?:.*\n)*.*"findings":\[\{"id":"[^"]+","file":"inband-findings\/known\.json"\}\]/);
  });

  it('passes when it is not, and annotates where annotations are read', async () => {
    const cwd = withFinding(false);
    const plain = await inband.run(HUNT, { cwd });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^1 regression in inband-findings: none is back\n/);
    const env = { GITHUB_ACTIONS: 'true' };
    const annotated = await inband.run(HUNT, { cwd, env });
    expect(annotated).toMatchObject({ code: 0, stderr: '1 regression in inband-findings: none is back\n' });
    expect(annotated.stdout).toMatch(/^::notice title=inband::nothing found in 5 executions[^\n]*\n$/);
    const kept = join(withFinding(true), 'inband-findings');
    const back = await inband.run([...HUNT, '--regressions', kept], { cwd, env });
    expect(back.code).toBe(1);
    expect(back.stdout).toMatch(/^::error file=[^\n]*known\.json,line=1,title=[^\n]*\n$/);
  });

  it('goes on after the first finding, in a campaign as well', async () => {
    const cwd = withFinding(true);
    const { code, stdout } = await inband.run(['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'errno,wrong-response', '--budget', '300x', '--ci', '--campaign', 'c', '--junit', 'j.xml'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^it is back: /);
    const failures = readXml(readFileSync(join(cwd, 'j.xml'), 'utf8')).children.flatMap(({ children }) => children).filter(({ name }) => name === 'failure');
    expect(failures.length).toBe(readdirSync(join(cwd, 'c/findings')).length + 1);
  });

  it('says what could not be run, and fails for it when nothing else does', async () => {
    const cwd = withFinding(false);
    const file = join(cwd, 'inband-findings/known.json');
    const finding = parseFinding(readFileSync(file, 'utf8'), file);
    writeFileSync(file, serializeFinding({ ...finding, model: { ...finding.model, host: 99 } }));
    const { code, stderr, stdout } = await inband.run(HUNT, { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^inband: inband-findings\/known\.json: model "host" is 99 in the finding, but \d+ in this version of inband \(inband verify inband-findings --refind\)\n$/);
    expect(stdout).toMatch(/^1 regression in inband-findings: 1 cannot be run\n/);
    expectRefusal(await inband.run([...HUNT, '--regressions', 'nowhere'], { cwd }), 'cannot read nowhere: no such file or directory');
  });

  it('runs files of whatever names, in a fixed order', async () => {
    const cwd = withFinding(false);
    const folder = join(cwd, 'inband-findings');
    const names = ['B.JSON', '_race.json', 'known.json', 'race (1).json', '\u00fcn\u00ef.json'];
    for (const name of names) copyFileSync(KNOWN, join(folder, name));
    // What is hidden, and what is something else, is none.
    for (const name of ['.hidden.json', 'notes.txt']) writeFileSync(join(folder, name), 'not a finding');
    const [ci, named, verified, triaged] = await Promise.all([
      inband.run(HUNT, { cwd }), inband.run([...HUNT.filter((word) => word !== '--ci'), '--regressions', 'inband-findings', '--out', 'x'], { cwd }),
      inband.run(['verify', 'inband-findings'], { cwd }), inband.run(['triage', 'inband-findings', '--json'], { cwd }),
    ]);
    for (const { code, stdout, stderr } of [ci, named]) {
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toContain('5 regressions in inband-findings: 5 are back');
      // As they are typed at a shell.
      expect([...stdout.matchAll(/^ {4}inband show (.*)$/gm)].map(([, file]) => file)).toEqual([
        'inband-findings/B.JSON', 'inband-findings/_race.json', 'inband-findings/known.json', '\'inband-findings/race (1).json\'', '\'inband-findings/\u00fcn\u00ef.json\'',
      ]);
    }
    expect(verified.stdout.match(/^reproduces: .*$/gm)).toEqual(names.map((name) => `reproduces: inband-findings/${name}`));
    expect(JSON.parse(triaged.stdout)).toMatchObject({ findings: 5, refused: [] });
  });

  it('looks anew for a stale finding of whatever name', async () => {
    const cwd = inband.folder();
    mkdirSync(join(cwd, 'kept'));
    const file = join(cwd, 'kept/race (1).json');
    const finding = parseFinding(readFileSync(KNOWN, 'utf8'), KNOWN);
    writeFileSync(file, serializeFinding({ ...finding, model: { ...finding.model, host: 99 } }));
    const { code, stdout } = await inband.run(['verify', 'kept', '--refind'], { cwd });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(': kept/race (1).json') });
    expect(parseFinding(readFileSync(file, 'utf8'), file).model).toEqual(finding.model);
    expect(readdirSync(join(cwd, 'kept/stale'))).toEqual([`race_1_-${finding.id}.json`]);
  });

  it('a folder that is named must hold something to run', async () => {
    const cwd = inband.folder();
    mkdirSync(join(cwd, 'empty'));
    expectRefusal(await inband.run([...HUNT, '--regressions', 'empty'], { cwd }), '--regressions empty: holds no findings');
    // The one where findings will be saved need not.
    expect(await inband.run(HUNT, { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('a finding of an oracle that cannot judge is refused, not taken for mended', async () => {
    const cwd = withFinding(true);
    const finding = parseFinding(readFileSync(KNOWN, 'utf8'), KNOWN);
    const { oracles: _all, ...judged } = finding;
    writeFileSync(join(cwd, 'inband-findings/known.json'), serializeFinding({ ...judged, oracle: 'wrong-respons' }));
    writeFileSync(join(cwd, 'inband-findings/other.json'), serializeFinding({ ...finding, oracles: ['errno'] }));
    const [ci, verified] = await Promise.all([inband.run(HUNT, { cwd }), inband.run(['verify', 'inband-findings'], { cwd })]);
    for (const { code, stderr } of [ci, verified]) {
      expect(code).toBe(2);
      expect(stderr.trimEnd().split('\n').toSorted()).toEqual([
        expect.stringMatching(/^inband: inband-findings\/known\.json: oracle: scenario \S+ has no "wrong-respons": there are /),
        expect.stringMatching(/^inband: inband-findings\/other\.json: oracle: "[a-z-]+" is not among its oracles, errno$/),
      ]);
    }
  });
});
