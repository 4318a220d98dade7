import { testBugs } from './bug-test.ts';

testBugs('ssif-bmc@v10');
