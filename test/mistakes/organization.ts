import * as fc from 'fast-check';
import { MultiAccountOrg } from '../../src';
import { orgProps } from '../orgs';
import { Mistake, mistake } from './mistake';

export const ORGANIZATION_MISTAKES: Mistake[] = [
  mistake('homeRegion: not a region', fc.stringMatching(/^[a-z]{2}-[a-z]{3,9}-\d$/).filter(region => !/^(us|eu|ap|ca|sa|me|af|il|mx|cn)-/.test(region)),
    (app, homeRegion) => new MultiAccountOrg(app, 'acme', orgProps({ homeRegion })),
    homeRegion => [`homeRegion '${homeRegion}'`, 'check the spelling']),
];
