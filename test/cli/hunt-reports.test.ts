import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readXml } from '../report/hunt/xml.ts';
import { ROOT, expectRefusal, onlyFile, setUp } from './inband.ts';

const inband = setUp();
const HUNT = ['hunt', '--budget', '200x', '--out', 'out'];
const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

describe('reports of a hunt', () => {
  it('--junit and --sarif tell its finding, and the same the next time', async () => {
    const [one, other] = [inband.folder(), inband.folder()];
    const args = [...HUNT, '--junit', 'r/j.xml', '--sarif', 'r/s.sarif'];
    for (const cwd of [one, other]) expect(await inband.run(args, { cwd })).toMatchObject({ code: 1 });
    expect(read(one, 'r/s.sarif')).toBe(read(other, 'r/s.sarif'));
    const untimed = (cwd: string): string => read(cwd, 'r/j.xml').replace(/(<testsuite [^>]*) time="[\d.]+"/, '$1');
    expect(untimed(one)).toBe(untimed(other));
    const suite = readXml(read(one, 'r/j.xml'));
    expect(suite.attributes).toMatchObject({ tests: '1', failures: '1' });
    const file = onlyFile(join(one, 'out')).slice(one.length + 1);
    const [failure] = suite.children[1].children;
    expect(failure.text).toContain(`inband replay ${file}`);
    expect(failure.text).toMatch(/host CPU +LPC/);
    expect(JSON.parse(read(one, 'r/s.sarif'))).toMatchObject({ runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri: file } } }] }] }] });
  });

  it('a hunt that finds nothing passes', async () => {
    const cwd = inband.folder();
    const args = ['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--oracle', 'hang,irq-storm', '--budget', '20x', '--junit', 'j.xml', '--sarif', 's.sarif', '--github'];
    const { code, stdout } = await inband.run(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '::notice title=inband::nothing found in 20 executions of kcs with kcs-bmc@fixed\n' });
    expect(readXml(read(cwd, 'j.xml')).children.filter(({ name }) => name === 'testcase').map(({ attributes, children }) => [attributes['name'], children.length])).toEqual([['hang', 0], ['irq-storm', 0]]);
    expect(JSON.parse(read(cwd, 's.sarif'))).toMatchObject({ runs: [{ results: [] }] });
  });

  it('--github prints annotations and nothing else', async () => {
    const { code, stdout } = await inband.run([...HUNT, '--github']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=out\/wrong-response[^\n]*,line=1,title=inband%3A wrong-response\/[^\n]*::[^\n]*%0A[^\n]*\n$/);
  });

  it('--ndjson - prints events as they come; to a file the same', async () => {
    const cwd = inband.folder();
    const [stream, file] = await Promise.all([inband.run([...HUNT, '--ndjson', '-']), inband.run([...HUNT, '--ndjson', 'e.ndjson'], { cwd })]);
    const events = (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; seconds?: number }).filter(({ event }) => event !== 'progress')
      .map(({ seconds: _seconds, ...rest }) => rest);
    expect(events(stream.stdout).map(({ event }) => event)).toEqual(['begin', 'finding', 'end']);
    expect(events(stream.stdout)).toEqual(events(read(cwd, 'e.ndjson')));
    expect(file.stdout).toContain('1 distinct finding');
    expect([stream.code, file.code]).toEqual([1, 1]);
  });
});

describe('reports refuse before the hunt begins', () => {
  const cases: readonly (readonly [name: string, args: readonly string[], texts: readonly string[]])[] = [
    ['a folder', ['--junit', ROOT], ['cannot write', 'is a directory']],
    ['a way through a file', ['--sarif', join(ROOT, 'package.json/x')], ['cannot write', 'not a directory']],
    ['one file for two', ['--junit', 'x', '--sarif', 'x'], ['cannot write x twice']],
    ['two on stdout', ['--json', '--github'], ['--json and --github', 'stdout']],
    ['others on stdout', ['--github', '--ndjson', '-'], ['--github and --ndjson -', 'stdout']],
  ];
  it.each(cases)('%s', async (_name, args, texts) => {
    const cwd = inband.folder();
    expectRefusal(await inband.run([...HUNT, ...args], { cwd }), ...texts);
    expect(readdirSync(cwd).filter((file) => file !== 'out')).toEqual([]);
  });
});
