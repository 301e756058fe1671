using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed partial class DocumentationTests
{
    private const string Map = "docs/architecture.md";
    private const string Verbs = "docs/cli.md";
    private const int LongestMap = 120;

    private static readonly Lazy<ILookup<string, INamedTypeSymbol>> Types = new(static () => Sources.Types(Sources.Shipped).ToLookup(static type => type.Name, StringComparer.Ordinal));

    [Fact]
    public void Every_type_and_member_on_the_map_of_the_code_exists() => Findings.None(
        from line in Lines(Map)
        from Match name in Quoted().Matches(line.Text)
        where !Exists(name.Groups["name"].Value)
        select $"{Map}:{line.Number}: {name.Groups["name"].Value}",
        "Nothing in src bears this name. Correct the page:");

    [Fact]
    public void Every_name_in_the_drawing_exists()
    {
        var drawn = new List<(string Name, int Line)>();
        var isInside = false;
        foreach (var (text, number) in Lines(Map))
        {
            if (text.StartsWith("```", StringComparison.Ordinal)) isInside = !isInside;
            else if (isInside) drawn.AddRange(Drawn().Matches(text).Select(match => (match.Value, number)));
        }

        Assert.True(drawn.Count > 15, $"{Map}:1: the drawing names too few types to find anything by.");
        Findings.None(
            drawn.Where(static drawn => !Exists(drawn.Name) && !IsProject(drawn.Name) && !Sources.Shipped.ContainsSymbolsWithName(drawn.Name)).Select(static drawn => $"{Map}:{drawn.Line}: {drawn.Name}"),
            "Nothing in src bears this name. Correct the drawing:");
    }

    [Fact]
    public void The_map_shows_every_room_and_every_kind_of_record_on_one_page()
    {
        var text = File.ReadAllText(Repository.PathOf(Map));
        var kinds = Types.Value["JournalKinds"].Single().GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).Select(static field => (string)field.ConstantValue!);
        Findings.None(
            [
                .. EngineShapeTests.Order.Concat(EngineShapeTests.Leaves).Where(room => !text.Contains($"| {room} |", StringComparison.Ordinal)).Select(static room => $"{Map}:1: room {room} is in no row"),
                .. kinds.Where(kind => !text.Contains($"`{kind}`", StringComparison.Ordinal)).Select(static kind => $"{Map}:1: record `{kind}` is not there"),
                .. Lines(Map).Skip(LongestMap).Take(1).Select(static line => $"{Map}:{line.Number}: longer than {LongestMap} lines"),
            ],
            "A newcomer finds any behaviour from this page. Mend it:");
    }

    [Fact]
    public void Every_command_in_the_pages_of_codes_is_a_verb_that_there_is()
    {
        var verbs = Lines(Verbs).Where(static line => line.Text.StartsWith("## deploy ", StringComparison.Ordinal)).Select(static line => line.Text["## ".Length..]).ToList();
        Findings.None(
            from page in Repository.Files("docs/codes", "*.md").Append(Repository.PathOf(Map))
            from line in Lines(Repository.Relative(page))
            from Match command in Command().Matches(line.Text)
            where !verbs.Exists(verb => (command.Value + " ").StartsWith(Words(verb) + " ", StringComparison.Ordinal))
            select $"{Repository.Relative(page)}:{line.Number}: {command.Value}",
            $"{Verbs} has no such verb. Correct the command:");
    }

    [Fact]
    public void Links_between_pages_lead_somewhere() => Findings.None(
        from link in Links
        where !Path.Exists(link.File)
        select $"{link.Place}: {link.Target}",
        "No such file. Correct the link:");

    [Fact]
    public void Links_to_a_heading_lead_to_one_that_there_is()
    {
        var anchors = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var links = Links.Where(static link => link.Anchor.Length > 0 && link.File.EndsWith(".md", StringComparison.Ordinal) && File.Exists(link.File)).ToList();
        foreach (var file in links.Select(static link => link.File).Distinct()) anchors.Add(file, Anchors(File.ReadLines(file)));

        Assert.True(links.Count > 20, "The pages' links to headings were not found.");
        Findings.None(
            links.Where(link => !anchors[link.File].Contains(link.Anchor)).Select(static link => $"{link.Place}: {link.Target}"),
            "No such heading. Correct the link:");
    }

    [Theory]
    [InlineData("## Putting code live: a link and systemd", "putting-code-live-a-link-and-systemd")]
    [InlineData("### `deploy up`, and *what* [it](cli.md#x) takes_on", "deploy-up-and-what-it-takes_on")]
    [InlineData("# Größe – 2.0 ##", "größe--20")]
    [InlineData("#hash", null)]
    public void A_heading_has_the_anchor_that_it_gets_where_pages_are_read(string heading, string? anchor) =>
        Assert.Equal(anchor is null ? [] : [anchor], Anchors([heading]));

    [Fact]
    public void The_anchor_of_a_second_heading_of_the_same_words_is_numbered_and_code_has_none() =>
        Assert.Equal(["a", "a-1", "b"], Anchors(["# A", "```sh", "# no heading", "```", "## a", "# B"]).Order(StringComparer.Ordinal));

    // Each relative link of a page, with the file and the heading that it leads to.
    private static IEnumerable<(string Place, string Target, string File, string Anchor)> Links =>
        from page in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(((string[])["docs", "samples", "src", "analyzers"]).SelectMany(static folder => Repository.Files(folder, "*.md")))
        from line in Lines(Repository.Relative(page))
        from Match link in Link().Matches(line.Text)
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        let parts = target.Split('#')
        let file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]))
        select ($"{Repository.Relative(page)}:{line.Number}", target, file, parts.Length > 1 ? parts[1] : "");

    // GitHub's rule: lower case, blanks to dashes, of everything else only letters, digits, '-' and '_'; a second one of the same name is numbered.
    private static HashSet<string> Anchors(IEnumerable<string> lines)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        var isCode = false;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            if (isCode || Heading().Match(line) is not { Success: true } heading) continue;

            var name = NoPartOfAnAnchor().Replace(LinkTarget().Replace(heading.Groups["text"].Value, "]").ToLowerInvariant(), "").Replace(' ', '-');
            var anchor = name;
            for (var number = 1; !anchors.Add(anchor); number++) anchor = $"{name}-{number}";
        }

        return anchors;
    }

    private static IEnumerable<(string Text, int Number)> Lines(string file) => File.ReadLines(Repository.PathOf(file)).Select(static (text, index) => (text, index + 1));

    private static bool Exists(string name)
    {
        var parts = name.Split('.');
        return (parts.Length == 1 && IsRoom(name)) || name == "Deployment.Toolkit" || Types.Value[parts[0]].Any(type => parts.Length == 1 || !type.GetMembers(parts[1]).IsEmpty);
    }

    private static bool IsRoom(string name) => EngineShapeTests.Order.Contains(name) || EngineShapeTests.Leaves.Contains(name);

    private static bool IsProject(string name) => Directory.Exists(Repository.PathOf("src/Deployment.Toolkit." + name));

    // A command's heading may end with what it takes: 'deploy backup restore NAME'.
    private static string Words(string verb) => string.Join(' ', verb.Split(' ').TakeWhile(static word => word.All(static c => char.IsAsciiLetterLower(c) || c == '-')));

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]+)?)(\(\))?`", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[A-Z][a-z0-9]+[A-Z][A-Za-z0-9]+(\.[A-Z][A-Za-z0-9]+)?", RegexOptions.ExplicitCapture)]
    private static partial Regex Drawn();

    [GeneratedRegex("(?<=['`])deploy [a-z][a-z-]*( [a-z][a-z-]*)*", RegexOptions.ExplicitCapture)]
    private static partial Regex Command();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.*?)(\s+#+)?\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{Nd}\p{Pc} -]")]
    private static partial Regex NoPartOfAnAnchor();
}
