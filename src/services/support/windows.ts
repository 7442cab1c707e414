import { Token } from 'aws-cdk-lib';

/** Windows of a service by the names of their properties, and the shortest that it takes. */
interface Windows {
  readonly daily: string;
  readonly weekly: string;
  readonly leastMinutes: number;
}

interface Span {
  readonly start: number;
  readonly minutes: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';
const DAILY = new RegExp(`^${TIME}-${TIME}$`);
const WEEKLY = new RegExp(`^(${DAYS.join('|')}):${TIME}-(${DAYS.join('|')}):${TIME}$`, 'i');

/** Checks a window of each day and one of a week, which must not overlap. */
export function checkWindows({ daily, weekly, leastMinutes }: Windows, ofDay?: string, ofWeek?: string): void {
  const day = spanOf(daily, ofDay, DAILY, leastMinutes, '03:00-04:00');
  const week = spanOf(weekly, ofWeek, WEEKLY, leastMinutes, 'sun:04:00-sun:05:00');
  // that of the week may go on into the next one, and so may that of the last day
  const days = day && [-1, ...DAYS.keys(), 7].map(index => ({ ...day, start: index * DAY + day.start }));
  if (week && days?.some(each => each.start < week.start + week.minutes && week.start < each.start + each.minutes)) {
    throw new Error(`${daily} '${ofDay}' and ${weekly} '${ofWeek}' overlap: give windows that do not`);
  }
}

function spanOf(
  property: string, value: string | undefined, form: RegExp, least: number, example: string,
): Span | undefined {
  if (value === undefined || Token.isUnresolved(value)) {
    return undefined;
  }
  const parts = form.exec(value)?.slice(1);
  if (!parts) {
    throw new Error(`${property} '${value}' is not a window in UTC: give one like '${example}'`);
  }
  const weekly = form === WEEKLY;
  const [start, end] = [parts.slice(0, parts.length / 2), parts.slice(parts.length / 2)].map(minuteOf);
  const round = weekly ? 7 * DAY : DAY;
  const minutes = (end - start + round) % round;
  if (minutes < least || weekly && minutes >= DAY) {
    throw new Error(`${property} '${value}' lasts ${minutes} minutes: give one of ${least} minutes or more${weekly ? ', and less than a day' : ''}`);
  }
  return { start, minutes };
}

function minuteOf(parts: string[]): number {
  const [minute, hour, day = DAYS[0]] = [...parts].reverse();
  return DAYS.indexOf(day.toLowerCase()) * DAY + Number(hour) * 60 + Number(minute);
}
