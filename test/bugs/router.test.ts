import { testBugs } from './bug-test.ts';

testBugs('ipmi-router@rfc-v1');
