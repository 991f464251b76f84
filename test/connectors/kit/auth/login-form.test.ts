import { describe, expect, test } from '@jest/globals';
import { findLoginForm, type LoginForm } from '../../../../connectors/kit/auth/login-form.ts';

describe('the login form of a page', () => {
  test.each<{ name: string; html: string; expected: LoginForm | undefined }>([
    {
      name: 'is the one that asks for a password, with what it hides',
      html: `<form action="/tim"><input type=hidden name=q value=1><input name=s></form>
        <FORM ACTION='/vao?x=1&amp;y=2'><INPUT TYPE="Hidden" NAME="_t" VALUE="a&quot;b&#x110;"><input name=u>
        <input TYPE=PASSWORD name=p></FORM>`,
      expected: { action: '/vao?x=1&y=2', hidden: { _t: 'a"bĐ' } },
    },
    {
      name: 'may be sent to the page itself, and never be closed',
      html: '<form method=post action=""><input type=password name=p><input type=hidden name=_t>',
      expected: { action: undefined, hidden: { _t: '' } },
    },
    {
      name: 'is no part of a comment or a script',
      html: `<!-- <form><input type=password></form> --><script>'<form><input type=password></form>'</script>`,
      expected: undefined,
    },
    { name: 'is not a password field alone', html: '<input type=password name=p>', expected: undefined },
    { name: 'is not there in what is no page', html: '{"a": 1}', expected: undefined },
  ])('$name', ({ html, expected }) => {
    expect(findLoginForm(html)).toEqual(expected);
  });
});
