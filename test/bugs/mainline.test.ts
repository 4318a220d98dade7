import { testBugs } from './bug-test.ts';

testBugs('mainline');
