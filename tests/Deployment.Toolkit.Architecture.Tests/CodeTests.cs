using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed partial class CodeTests
{
    private const string Constants = "src/Deployment.Toolkit/Diagnostics/Codes.cs";
    private const string Index = "docs/codes/README.md";
    private const int ShortestPage = 12;
    private const int LongestPage = 30;

    private static readonly string[] Parts = ["**Why it happens.** ", "**What to do.** ", "**What was changed.** "];

    private sealed record Code(string Id, string Name, string Place);

    private static readonly Lazy<List<Code>> Codes = new(static () =>
        [.. from field in Sources.Parse(Repository.PathOf(Constants)).GetRoot().DescendantNodes().OfType<VariableDeclaratorSyntax>()
            where field.Initializer?.Value is LiteralExpressionSyntax
            select new Code(((LiteralExpressionSyntax)field.Initializer!.Value).Token.ValueText, field.Identifier.Text, Sources.PlaceOf(field.GetLocation()))]);

    private static readonly Lazy<List<(string Id, string Place)>> Rules = new(static () => [.. Literals("analyzers")]);

    private static IEnumerable<string> Pages => Repository.Files("docs/codes", "DTK*.md").Concat(Repository.Files("analyzers/docs", "DTK*.md"));

    [Fact]
    public void Every_code_has_a_page() => Findings.None(
        Codes.Value.Where(static code => !Pages.Any(page => IdOf(page) == code.Id)).Select(static code => $"{code.Place}: {code.Id} {code.Name}"),
        "Write docs/codes/DTKxxxx.md for somebody who is called at night, or analyzers/docs/DTKxxxx.md where an analyzer says it too:");

    [Fact]
    public void Every_page_is_of_a_code_that_something_says() => Findings.None(
        Pages.Where(static page => !Codes.Value.Exists(code => code.Id == IdOf(page)) && !Rules.Value.Exists(rule => rule.Id == IdOf(page))).Select(static page => Repository.Relative(page) + ":1"),
        $"Neither {Constants} nor an analyzer has this code. Delete the page, or add the constant:");

    [Fact]
    public void Every_page_begins_with_its_code_and_title() => Findings.None(
        Pages.Where(static page => TitleOf(page) is null).Select(static page => Repository.Relative(page) + ":1"), "Begin the page with '# DTKxxxx: title', with the code of its file's name:");

    [Fact]
    public void Every_page_of_a_message_says_why_what_to_do_and_what_was_changed() => Findings.None(
        from page in Repository.Files("docs/codes", "DTK*.md")
        let lines = File.ReadAllLines(page)
        from fault in Parts.Where(part => !lines.Any(line => line.StartsWith(part, StringComparison.Ordinal))).Select(static part => $"1: '{part.Trim()}' is missing")
            .Concat(lines.Length is < ShortestPage or > LongestPage ? [$"{lines.Length}: {lines.Length} lines, not {ShortestPage} to {LongestPage}"] : [])
        select $"{Repository.Relative(page)}:{fault}",
        "Mend the page:");

    [Fact]
    public void Every_example_on_a_page_is_what_the_code_prints() => Findings.None(
        from page in Repository.Files("docs/codes", "DTK*.md")
        let examples = File.ReadLines(page).Select(static (text, index) => (Text: text, Line: index + 1)).Where(line => line.Text.EndsWith($" [{IdOf(page)}]", StringComparison.Ordinal)).ToList()
        from fault in examples.Count == 0 ? ["1: no example, or it does not end with its code"]
            : examples.Where(line => !MessageTemplates.CanPrint(line.Text[..^(IdOf(page).Length + 3)])).Select(static line => $"{line.Line}: {line.Text}")
        select $"{Repository.Relative(page)}:{fault}",
        "No message in src can read like this. Copy one from the code, with its values filled in:");

    [Fact]
    public void Every_code_is_said_somewhere()
    {
        var said = Repository.Files("src", "*.cs").Where(static file => Repository.Relative(file) != Constants)
            .SelectMany(static file => Sources.Parse(file).GetRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>())
            .Where(static access => access.Expression.ToString().Split('.')[^1] == "Codes").Select(static access => access.Name.Identifier.Text).ToHashSet(StringComparer.Ordinal);
        Findings.None(Codes.Value.Where(code => !said.Contains(code.Name)).Select(static code => $"{code.Place}: {code.Id} {code.Name}"), "Nothing says this code. Delete the constant and its page:");
    }

    [Fact]
    public void A_code_is_written_in_one_place_and_named_elsewhere() => Findings.None(
        Literals("src").Where(static literal => !literal.Place.StartsWith(Constants, StringComparison.Ordinal)).Select(static literal => $"{literal.Place}: {literal.Id}"),
        $"Write the constant of {Constants} instead of its value:");

    [Fact]
    public void No_two_codes_are_the_same() => Findings.None(
        Codes.Value.GroupBy(static code => code.Id).Where(static twins => twins.Count() > 1).SelectMany(static twins => twins.Select(static code => $"{code.Place}: {code.Id}"))
            .Concat(Rules.Value.Where(static rule => !rule.Place.Contains(".CodeFixes/", StringComparison.Ordinal)).GroupBy(static rule => rule.Id)
                // A rule may have several messages, all of them in the file of its family.
                .Where(static twins => twins.Select(static rule => rule.Place[..rule.Place.LastIndexOf(':')]).Distinct(StringComparer.Ordinal).Count() > 1).SelectMany(static twins => twins.Select(static rule => $"{rule.Place}: {rule.Id}"))),
        "One code, one meaning. Give one of them the next free number, or name the rule's constant:");

    [Fact]
    public void The_index_lists_every_page_with_its_title()
    {
        var rows = File.ReadLines(Repository.PathOf(Index)).Select(static (text, index) => (Row: IndexRow().Match(text), Line: index + 1)).Where(static row => row.Row.Success)
            .Select(static row => (Id: row.Row.Groups["id"].Value, Target: row.Row.Groups["target"].Value, Title: row.Row.Groups["title"].Value, row.Line)).ToList();
        Findings.None(
            [
                .. Pages.Where(page => !rows.Exists(row => row.Id == IdOf(page) && Path.GetFullPath(row.Target, Repository.PathOf("docs/codes")) == page))
                    .Select(static page => $"{Index}:1: {IdOf(page)} is missing, or leads to another page than {Repository.Relative(page)}"),
                .. rows.Where(static row => !Pages.Any(page => IdOf(page) == row.Id && TitleOf(page) == row.Title)).Select(static row => $"{Index}:{row.Line}: {row.Id} has another title on its page"),
                .. rows.Zip(rows.Skip(1)).Where(static pair => string.CompareOrdinal(pair.First.Id, pair.Second.Id) >= 0).Select(static pair => $"{Index}:{pair.Second.Line}: {pair.Second.Id} is out of order"),
            ],
            "Mend the table: one row a page, '| [DTKxxxx](page) | title |', in the order of the codes:");
    }

    private static string IdOf(string page) => Path.GetFileNameWithoutExtension(page);

    private static string? TitleOf(string page) =>
        File.ReadLines(page).FirstOrDefault() is { } first && first.StartsWith($"# {IdOf(page)}: ", StringComparison.Ordinal) && first.Length > IdOf(page).Length + 5 ? first[(IdOf(page).Length + 4)..] : null;

    private static IEnumerable<(string Id, string Place)> Literals(string folder) =>
        from file in Repository.Files(folder, "*.cs")
        from token in Sources.Parse(file).GetRoot().DescendantTokens()
        where token.IsKind(SyntaxKind.StringLiteralToken) && CodeText().IsMatch(token.ValueText)
        select (token.ValueText, Sources.PlaceOf(token.GetLocation()));

    [GeneratedRegex(@"\ADTK[0-9]{4}\z")]
    private static partial Regex CodeText();

    [GeneratedRegex(@"^\| \[(?<id>DTK[0-9]{4})\]\((?<target>[^)]+)\) \| (?<title>.+) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex IndexRow();
}
