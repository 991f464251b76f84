import { Parser } from 'htmlparser2';

export interface LoginForm {
  /** As the page has it; undefined where the form is sent to the page's own address. */
  readonly action: string | undefined;
  /** What must be sent back as it came, such as a token against forged requests. */
  readonly hidden: Readonly<Record<string, string>>;
}

/** The first form of a page that asks for a password; undefined where there is none. */
export function findLoginForm(html: string): LoginForm | undefined {
  let found: LoginForm | undefined;
  let form: { action: string | undefined; hidden: [string, string][]; asksPassword: boolean } | undefined;
  const end = (): void => {
    if (form?.asksPassword) found ??= { action: form.action, hidden: Object.fromEntries(form.hidden) };
    form = undefined;
  };
  const parser = new Parser({
    onopentag(name, { type = 'text', action, name: field, value = '' }) {
      if (name === 'form') {
        end();
        form = { action: action || undefined, hidden: [], asksPassword: false };
      }
      if (name !== 'input' || !form) return;
      if (type.toLowerCase() === 'password') form.asksPassword = true;
      if (type.toLowerCase() === 'hidden' && field) form.hidden.push([field, value]);
    },
    onclosetag(name) {
      if (name === 'form') end();
    },
    onend: end,
  });
  parser.end(html);
  return found;
}
