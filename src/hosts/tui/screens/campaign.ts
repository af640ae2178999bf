/** Screen of a question whose answer applies to many apps. */
import { plainText } from '../../../text/plain.ts';
import { line, span } from '../../../text/spans.ts';
import { appOrCount, workTitle } from '../../../view/batch-text.ts';
import { wrapped, type Frame } from '../frame.ts';
import type { CampaignScreen, WizardState } from '../state/state.ts';
import { campaignQuestions } from '../press/campaign.ts';
import { messageLines, widgetLines, withoutHint } from './parts.ts';

export function campaignFrame(state: WizardState, screen: CampaignScreen): Frame {
  const { step, controls, answers, targets, problem } = screen;
  const questions = campaignQuestions(screen);
  const { oneByOne } = screen;
  const app = oneByOne?.apps[oneByOne.index];
  const index = questions.findIndex(([name]) => name === screen.question);
  const question = questions[index]?.[1];
  const { lines, focus } = widgetLines(screen.widget, state);
  const about = [
    line(span(workTitle({ kind: 'controls', step, controls, answers }), 'strong'), span(`   ${appOrCount(targets)}`, 'dim')),
    app && oneByOne
      ? line(
          span(plainText(app.label), 'strong'),
          span(`   app ${oneByOne.index + 1} of ${oneByOne.apps.length}. Question ${index + 1} of ${questions.length}`, 'dim'),
        )
      : line(span(`Question ${index + 1} of ${questions.length}${targets.length > 1 ? '. The answer applies to all apps.' : ''}`, 'dim')),
    [],
    line(span(question?.label ?? '', 'strong')),
    line(span(question?.help ?? '', 'dim')),
  ];
  return {
    head: [...wrapped(about, state.columns, 0), []],
    body: withoutHint(lines, problem),
    focus,
    foot: [...messageLines(problem, 'bad', state.columns), []],
  };
}
