import { testBugs } from './bug-test.ts';

testBugs('ssif-bmc@mainline');
