import { testBugs } from './bug-test.ts';

testBugs('review');
