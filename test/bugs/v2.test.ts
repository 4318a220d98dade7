import { testBugs } from './bug-test.ts';

testBugs('v2');
