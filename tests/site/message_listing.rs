//! Lists the messages of the program, which it finds in its sources.
//!
//! A text is a message if it is given to a constructor of diagnostics: directly, or through a
//! variable, a closure or a function. Texts that are put together elsewhere are found because they
//! read like a phrase.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use newsgen::diagnostic::Code;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprCall, ExprMethodCall, FnArg, ImplItemFn, Item, ItemFn, LitStr,
    Local, Macro, Meta, Pat, Signature, Stmt, Token, parse_quote,
};

/// The messages of all modules, in the order of `lib.rs`, as Markdown.
pub(crate) fn listing(root: &Path) -> String {
    let source = root.join("src");
    let lib = fs::read_to_string(source.join("lib.rs")).expect("lib.rs");
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let files: Vec<(String, syn::File)> =
        modules.flat_map(|module| files(&source, module)).collect();
    let mut functions = Takers::default();
    // A function may call one that comes later.
    for _ in 0..2 {
        for (_, file) in &files {
            FunctionVisitor(&mut functions).visit_file(file);
        }
    }
    let mut listing = String::new();
    // Descriptions of keys are in schemas.
    for (name, file) in files.iter().filter(|(name, _)| !name.ends_with("::keys")) {
        let messages = messages(file, &functions);
        if !messages.is_empty() {
            write!(listing, "\n### {name}\n\n{messages}").expect("memory");
        }
    }
    listing
}

/// The files of a module and of the modules below it, with their names.
fn files(source: &Path, module: &str) -> Vec<(String, syn::File)> {
    let own = [format!("{module}.rs"), format!("{module}/mod.rs")].map(|path| source.join(path));
    let own = own.iter().filter_map(|path| fs::read_to_string(path).ok());
    let mut files: Vec<_> = own.map(|text| (module.replace('/', "::"), parse(&text))).collect();
    let entries = fs::read_dir(source.join(module)).into_iter().flatten();
    let mut below: Vec<String> = entries
        .map(|entry| {
            entry.expect("entry").path().file_stem().expect("name").to_string_lossy().into_owned()
        })
        .filter(|name| name != "mod")
        .collect();
    below.sort();
    below.dedup();
    files.extend(below.iter().flat_map(|name| self::files(source, &format!("{module}/{name}"))));
    files
}

/// A file without its tests, with macros as calls of functions.
fn parse(text: &str) -> syn::File {
    let mut file = syn::parse_file(text).expect("Rust");
    Simplifier.visit_file_mut(&mut file);
    file
}

struct Simplifier;

impl VisitMut for Simplifier {
    fn visit_file_mut(&mut self, file: &mut syn::File) {
        file.items.retain(|item| !matches!(item, Item::Mod(module) if is_test(&module.attrs)));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(found) = expr {
            *expr = call_of(&found.mac);
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(found) = stmt {
            let semicolon = found.semi_token.take();
            *stmt = Stmt::Expr(call_of(&found.mac), semicolon);
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// A macro as a call, if its arguments are expressions.
fn call_of(found: &Macro) -> Expr {
    let name = &found.path;
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(found.tokens.clone());
    match arguments {
        Ok(arguments) if !name.is_ident("panic") && !name.is_ident("assert") => {
            parse_quote!(#name(#arguments))
        }
        _ => parse_quote!(()),
    }
}

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The message of a diagnostic, with its code if the place that makes it names one.
    Message(Option<Code>),
    Label,
    Other,
    Help,
    /// A part of a message, or a line that is printed by itself.
    Part,
}

impl Role {
    fn name(self) -> String {
        match self {
            Self::Message(Some(code)) => code.to_string(),
            Self::Message(None) => "message".to_owned(),
            Self::Label => "label".to_owned(),
            Self::Other => "other place".to_owned(),
            Self::Help => "help".to_owned(),
            Self::Part => "text".to_owned(),
        }
    }

    /// The role in a call with these arguments.
    fn in_call<'a>(self, mut arguments: impl Iterator<Item = &'a Expr>) -> Self {
        match self {
            Self::Message(None) => Self::Message(arguments.find_map(code)),
            other => other,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        match name {
            "label" => Some(Self::Label),
            "help" => Some(Self::Help),
            _ => None,
        }
    }
}

/// Functions and closures that make diagnostics of texts: the role of each parameter, by their
/// names; those of methods begin with a dot.
#[derive(Clone, Default)]
struct Takers(HashMap<String, Vec<Option<Role>>>);

impl Takers {
    fn of_call(&self, call: &ExprCall) -> Vec<Option<Role>> {
        let Expr::Path(path) = &*call.func else { return Vec::new() };
        let names: Vec<String> =
            path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match &*names.join("::") {
            "Diagnostic::new" | "Problem::new" => vec![None, None, Some(Role::Message(None))],
            _ => names.last().and_then(|name| self.0.get(name)).cloned().unwrap_or_default(),
        }
    }

    fn of_method(&self, call: &ExprMethodCall) -> Vec<Option<Role>> {
        let name = call.method.to_string();
        match &*name {
            "label" | "help" => vec![Role::of_name(&name)],
            "other" => vec![None, Some(Role::Other)],
            _ => self.0.get(&format!(".{name}")).cloned().unwrap_or_default(),
        }
    }

    fn add(&mut self, name: String, parameters: &[Option<String>], roles: &HashMap<String, Role>) {
        let role = |parameter: &Option<String>| roles.get(parameter.as_ref()?).copied();
        let roles: Vec<Option<Role>> = parameters.iter().map(role).collect();
        if roles.iter().any(Option::is_some) && name != "new" {
            self.0.insert(name, roles);
        }
    }

    /// Adds the closures of a block, and returns what its variables are used for.
    fn enter(&mut self, block: &Block) -> HashMap<String, Role> {
        for _ in 0..2 {
            let closures = self.clone();
            ClosureVisitor { known: &closures, found: self }.visit_block(block);
        }
        uses(self, |uses| uses.visit_block(block))
    }
}

struct FunctionVisitor<'t>(&'t mut Takers);

impl<'a> Visit<'a> for FunctionVisitor<'_> {
    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.add(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.add(&item.sig, &item.block);
    }
}

impl FunctionVisitor<'_> {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let parameters: Vec<Option<String>> = signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(typed) => Some(variable(&typed.pat)),
                FnArg::Receiver(_) => None,
            })
            .collect();
        let roles = self.0.clone().enter(block);
        let dot = if signature.receiver().is_some() { "." } else { "" };
        self.0.add(format!("{dot}{}", signature.ident), &parameters, &roles);
    }
}

struct ClosureVisitor<'t> {
    known: &'t Takers,
    found: &'t mut Takers,
}

impl<'a> Visit<'a> for ClosureVisitor<'_> {
    fn visit_local(&mut self, local: &'a Local) {
        if let (Some(name), Some(init)) = (variable(&local.pat), &local.init)
            && let Expr::Closure(closure) = &*init.expr
        {
            let parameters: Vec<Option<String>> = closure.inputs.iter().map(variable).collect();
            let roles = uses(self.known, |uses| uses.visit_expr(&closure.body));
            self.found.add(name, &parameters, &roles);
        }
        visit::visit_local(self, local);
    }
}

/// What variables are used for in diagnostics.
struct Uses<'t> {
    takers: &'t Takers,
    roles: HashMap<String, Role>,
}

fn uses(takers: &Takers, visit: impl FnOnce(&mut Uses<'_>)) -> HashMap<String, Role> {
    let mut uses = Uses { takers, roles: HashMap::new() };
    visit(&mut uses);
    uses.roles
}

impl<'a> Visit<'a> for Uses<'_> {
    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        self.note(&call.args, &self.takers.of_call(call));
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        self.note(&call.args, &self.takers.of_method(call));
        visit::visit_expr_method_call(self, call);
    }
}

impl Uses<'_> {
    fn note(&mut self, arguments: &Punctuated<Expr, Token![,]>, roles: &[Option<Role>]) {
        for (argument, role) in arguments.iter().zip(roles) {
            let Some(role) = role.map(|role| role.in_call(arguments.iter())) else { continue };
            let mut used = UsedVariables::default();
            used.visit_expr(argument);
            self.roles.extend(used.whole.into_iter().map(|name| (name, role)));
            for name in used.parts {
                self.roles.entry(name).or_insert(Role::Part);
            }
        }
    }
}

/// The variables of an expression, and those that its format strings name.
#[derive(Default)]
struct UsedVariables {
    whole: Vec<String>,
    parts: Vec<String>,
}

impl<'a> Visit<'a> for UsedVariables {
    fn visit_expr_path(&mut self, path: &'a syn::ExprPath) {
        self.whole.extend(path.path.get_ident().map(ToString::to_string));
    }

    fn visit_lit_str(&mut self, lit: &'a LitStr) {
        let text = lit.value();
        let named = text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
        self.parts.extend(named.map(str::to_owned));
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if is_format(call) {
            call.args.iter().take(1).for_each(|format| self.visit_expr(format));
        }
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        self.visit_expr(&call.receiver);
    }
}

/// Whether a function compares texts, or takes one that is shown to developers only.
fn takes_no_message(name: &str) -> bool {
    name.ends_with("contains")
        || ["ends_with", "expect", "starts_with", "strip_prefix"].contains(&name)
}

/// The messages of a file, as Markdown.
fn messages(file: &syn::File, functions: &Takers) -> String {
    let mut finder = Finder { takers: functions.clone(), ..Finder::default() };
    finder.visit_file(file);
    finder.listing
}

#[derive(Default)]
struct Finder {
    takers: Takers,
    variables: HashMap<String, Role>,
    /// The role of the texts of the current expression.
    role: Option<Role>,
    /// The roles of the items of the current tuples.
    items: Vec<Option<Role>>,
    is_below_message: bool,
    /// Whether the next text is a format string.
    is_format: bool,
    listing: String,
}

impl<'a> Visit<'a> for Finder {
    fn visit_attribute(&mut self, _: &'a Attribute) {}

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.is_below_message = false;
        visit::visit_item_const(self, item);
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.enter(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.enter(&item.sig, &item.block);
    }

    fn visit_local(&mut self, local: &'a Local) {
        let is_closure =
            local.init.as_ref().is_some_and(|init| matches!(&*init.expr, Expr::Closure(_)));
        let role = |pat: &Pat| self.variables.get(&variable(pat)?).copied();
        let role_of_text = role(&local.pat).filter(|_| !is_closure);
        let items = match &local.pat {
            Pat::Tuple(tuple) => tuple.elems.iter().map(role).collect(),
            _ => Vec::new(),
        };
        let outer = std::mem::replace(&mut self.items, items);
        self.with_role(role_of_text, |finder| visit::visit_local(finder, local));
        self.items = outer;
    }

    fn visit_expr_tuple(&mut self, tuple: &'a syn::ExprTuple) {
        if tuple.elems.len() == self.items.len() {
            self.arguments(&tuple.elems, &self.items.clone());
        } else {
            visit::visit_expr_tuple(self, tuple);
        }
    }

    fn visit_field_value(&mut self, field: &'a syn::FieldValue) {
        let role = match &field.member {
            syn::Member::Named(name) => Role::of_name(&name.to_string()),
            syn::Member::Unnamed(_) => None,
        };
        self.with_role(role, |finder| visit::visit_field_value(finder, field));
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if function_name(call).is_some_and(|name| takes_no_message(&name)) {
            return;
        }
        let outer = std::mem::replace(&mut self.is_format, is_format(call));
        self.arguments(&call.args, &self.takers.of_call(call));
        self.is_format = outer;
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        self.visit_expr(&call.receiver);
        if !takes_no_message(&call.method.to_string()) {
            self.arguments(&call.args, &self.takers.of_method(call));
        }
    }

    fn visit_lit_str(&mut self, lit: &'a LitStr) {
        let text = lit.value();
        let is_format = std::mem::take(&mut self.is_format);
        self.text(&if is_format { format_string(&text) } else { text });
    }
}

impl Finder {
    fn enter(&mut self, signature: &Signature, block: &Block) {
        let functions = self.takers.clone();
        self.variables = self.takers.enter(block);
        self.is_below_message = false;
        let role = Role::of_name(&signature.ident.to_string());
        self.with_role(role, |finder| finder.visit_block(block));
        self.takers = functions;
    }

    fn arguments(&mut self, arguments: &Punctuated<Expr, Token![,]>, roles: &[Option<Role>]) {
        let takes_text = roles.iter().any(Option::is_some);
        for (index, argument) in arguments.iter().enumerate() {
            let role = roles.get(index).copied().flatten();
            let role = role.map(|role| role.in_call(arguments.iter()));
            // What is beside a message is no part of it.
            let outer = self.role;
            self.role = if takes_text { role } else { outer };
            self.visit_expr(argument);
            self.role = outer;
        }
    }

    fn with_role(&mut self, role: Option<Role>, visit: impl FnOnce(&mut Self)) {
        let outer = self.role;
        self.role = role.or(outer);
        visit(self);
        self.role = outer;
    }

    fn text(&mut self, text: &str) {
        let has_words = text.contains(' ') && text.contains(char::is_alphabetic);
        if !(self.role.is_some() && has_words || reads_like_a_phrase(text)) {
            return;
        }
        let role = self.role.unwrap_or(Role::Part);
        let is_detail = matches!(role, Role::Label | Role::Other | Role::Help);
        let indent = if is_detail && self.is_below_message { "  " } else { "" };
        self.is_below_message |= !is_detail;
        let line = format!("{indent}- {}: {}\n", role.name(), markdown(text));
        if !self.listing.ends_with(&format!("\n{line}")) {
            self.listing.push_str(&line);
        }
    }
}

/// The code that an expression names.
fn code(expr: &Expr) -> Option<Code> {
    let Expr::Path(path) = expr else { return None };
    let mut segments = path.path.segments.iter();
    let (of, name) = (segments.next()?, segments.next()?);
    let is_it = |code: &&Code| of.ident == "Code" && name.ident == format!("{code:?}");
    Code::ALL.iter().find(is_it).copied()
}

fn variable(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Ident(ident) => Some(ident.ident.to_string()),
        Pat::Type(typed) => variable(&typed.pat),
        _ => None,
    }
}

/// The name of a function that is called without a path.
fn function_name(call: &ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else { return None };
    path.path.get_ident().map(ToString::to_string)
}

fn is_format(call: &ExprCall) -> bool {
    function_name(call).is_some_and(|name| ["format", "write", "writeln"].contains(&&*name))
}

/// What a format string prints, with `{…}` for values without a name.
fn format_string(text: &str) -> String {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}").replace("{}", "{…}");
    text.replace('\u{1}', "{").replace('\u{2}', "}")
}

/// Whether a text outside `code` has two words in a row, the second of them in lower case.
fn reads_like_a_phrase(text: &str) -> bool {
    if text.starts_with(['<', '.', '\n']) || text.contains("</") {
        return false;
    }
    let plain = text.split('`').step_by(2).collect::<Vec<_>>().join("code");
    let is_word = |word: &&str| {
        let word = word.trim_matches([',', ':', ';', '(', ')', '.', '\'']);
        (word.len() > 1 || word == "a") && word.chars().all(|c| c.is_alphabetic() || c == '\'')
    };
    let words: Vec<&str> = plain.split(' ').collect();
    let is_pair =
        |pair: &[&str]| pair.iter().all(is_word) && pair[1].starts_with(char::is_lowercase);
    words.windows(2).any(is_pair)
}

/// A text as Markdown shows it.
fn markdown(text: &str) -> String {
    let mut markdown = String::new();
    let mut is_code = false;
    for c in text.chars() {
        is_code ^= c == '`';
        if !is_code && "<*_[]\\".contains(c) {
            markdown.push('\\');
        }
        markdown.push(if c == '\n' { '⏎' } else { c });
    }
    markdown
}
