import { testBugs } from './bug-test.ts';

testBugs('ssif-bmc@2026-04');
