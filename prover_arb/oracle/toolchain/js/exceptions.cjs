// C++ exceptions between WebAssembly and JavaScript, as this module was compiled to expect them: an
// exception is thrown as the number of its address, and its header lies in the 24 bytes before it.
"use strict";

const HEADER = 24;
const TYPE = 4;
const DESTRUCTOR = 8;
const CAUGHT = 12;
const RETHROWN = 13;
const ADJUSTED = 16;
const NESTED = 100000;

// `guest` is the Guest (guest.cjs) that throws and catches.
module.exports = function exceptions(guest) {
  let last = 0;
  let uncaught = 0;
  let caught = [];
  let flying = false;

  const header = (exception) => (exception - HEADER) >>> 0;
  const flag = (exception, offset) => guest.view()[header(exception) + offset] !== 0;
  const setFlag = (exception, offset, on) =>
    (guest.view()[header(exception) + offset] = on ? 1 : 0);
  const raise = (exception) => {
    last = exception;
    flying = true;
    throw exception;
  };
  // Whether what is thrown is an exception of the guest's, and has now reached who catches it.
  const taken = () => {
    const was = flying;
    flying = false;
    return was;
  };

  const keep = (exception) => {
    if (caught.length >= NESTED) throw new Error("too many exceptions are being handled");
    caught.push(exception);
  };

  const rethrow = () => {
    const exception = caught.pop();
    if (exception === undefined) throw new Error("no exception to throw again");
    if (!flag(exception, RETHROWN)) {
      caught.push(exception);
      setFlag(exception, RETHROWN, true);
      setFlag(exception, CAUGHT, false);
      uncaught++;
    }
    raise(exception);
  };

  // Which of the types a landing pad asks for takes the exception in flight; 0 takes all.
  const matching = (...types) => {
    const select = guest.fn("_emscripten_tempret_set");
    const type = last ? guest.word(header(last) + TYPE) : 0;
    if (last) guest.setWord(header(last) + ADJUSTED, last);
    if (!type) {
      select(0);
      return last;
    }
    const takes = (wanted) => guest.fn("__cxa_can_catch")(wanted, type, header(last) + ADJUSTED);
    const wanted = types.find((t) => t === 0 || t === type || takes(t));
    select(wanted || type);
    return last;
  };

  const imports = {
    __cxa_throw(exception, type, destructor) {
      guest.setWord(header(exception) + ADJUSTED, 0);
      guest.setWord(header(exception) + TYPE, type);
      guest.setWord(header(exception) + DESTRUCTOR, destructor);
      uncaught++;
      raise(exception);
    },
    __cxa_begin_catch(exception) {
      if (!flag(exception, CAUGHT)) {
        setFlag(exception, CAUGHT, true);
        uncaught--;
      }
      setFlag(exception, RETHROWN, false);
      keep(exception);
      guest.fn("__cxa_increment_exception_refcount")(exception);
      return guest.fn("__cxa_get_exception_ptr")(exception);
    },
    __cxa_end_catch() {
      guest.fn("setThrew")(0, 0);
      const exception = caught.pop();
      if (exception === undefined) throw new Error("no exception is being handled");
      guest.fn("__cxa_decrement_exception_refcount")(exception);
      last = 0;
    },
    __cxa_rethrow: rethrow,
    __cxa_rethrow_primary_exception(exception) {
      if (!exception) return;
      keep(exception);
      setFlag(exception, RETHROWN, true);
      rethrow();
    },
    __cxa_current_primary_exception() {
      const exception = caught.at(-1) ?? 0;
      if (exception) guest.fn("__cxa_increment_exception_refcount")(exception);
      return exception;
    },
    __cxa_uncaught_exceptions: () => uncaught,
    __resumeException: (exception) => raise(last || exception),
    llvm_eh_typeid_for: (type) => type,
  };
  for (const count of [2, 3, 4, 6, 19]) imports[`__cxa_find_matching_catch_${count}`] = matching;

  const reset = () => {
    last = uncaught = 0;
    caught = [];
    flying = false;
  };
  return { imports, taken, reset };
};
