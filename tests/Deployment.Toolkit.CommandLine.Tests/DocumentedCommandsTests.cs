using System.Text.RegularExpressions;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>A command that a page shows is one that the real parser takes.</summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly string[] s_shell = ["sh", "console", "yaml", "dockerfile", ""];

    [Fact]
    public void Every_command_in_a_block_of_a_page_is_a_whole_command()
    {
        var found = Pages().SelectMany(InBlocks).ToList();
        Assert.True(found.Count > 150, $"Only {found.Count} commands were found: the search is broken.");
        // Behind another program, in a list of YAML, and at a line's start.
        Assert.Equal(
            ["deploy check --environment Production --settings-only", "deploy rollback --environment Production", "deploy status", "deploy up --environment Production"],
            found.Where(static found => found.Place.StartsWith("docs/hosting.md", StringComparison.Ordinal)).Select(static found => found.Command).Distinct().Order(StringComparer.Ordinal));
        AssertNone(found.Select(static found => (found.Place, found.Command, Fault: SuggestedCommands.Read(found.Command).Fault)));
    }

    // In running text a command may be a verb alone, as a name for what it does.
    [Fact]
    public void Every_command_in_the_text_of_a_page_is_a_verb_with_options_that_it_has()
    {
        var found = Pages().SelectMany(InText).ToList();
        Assert.True(found.Count > 150, $"Only {found.Count} commands were found: the search is broken.");
        AssertNone(found.Select(static found => (found.Place, found.Command, Fault: Named(found.Command))));
    }

    [Theory]
    [InlineData("deploy up --environment Staging", true)]
    [InlineData("deploy secrets", true)]
    [InlineData("deploy backup restore", true)]
    [InlineData("deploy config show|explain", true)]
    [InlineData("deploy teleport", false)]
    [InlineData("deploy config shw|explain", false)]
    [InlineData("deploy up --enviroment Staging", false)]
    [InlineData("deploy backup list --fast", false)]
    public void A_command_that_there_is_not_is_found(string command, bool isFine) => Assert.Equal(isFine, Named(command) is null);

    // `config show|explain` names two; what a command still wants is left open by "…", or by saying nothing.
    private static string? Named(string command)
    {
        var alternatives = Alternatives().Match(command);
        string[] commands = alternatives.Success ? [.. alternatives.Value.Split('|').Select(name => command.Replace(alternatives.Value, name, StringComparison.Ordinal))] : [command];
        return commands.Select(static command => SuggestedCommands.Read(command.EndsWith(" …", StringComparison.Ordinal) ? command[..^2] : command).Fault)
            .FirstOrDefault(static fault => fault?.Contains("' wants ", StringComparison.Ordinal) == false);
    }

    private static void AssertNone(IEnumerable<(string Place, string Command, string? Fault)> found)
    {
        var broken = found.Where(static found => found.Fault is not null).Select(static found => $"{found.Place}: {found.Command}: {found.Fault}").Distinct().ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    private static IEnumerable<string> Pages()
    {
        var root = Approval.Repository();
        return Directory.EnumerateFiles(root, "*.md").Concat(((string[])["docs", "src", "samples"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories)))
            .Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"));
    }

    private static IEnumerable<(string Place, string Command)> InBlocks(string file) =>
        from line in Lines(file)
        where line.Language is { } language && s_shell.Contains(language)
        let text = Array().Replace(line.Text, static array => string.Join(' ', Word().Matches(array.Value).Select(static word => word.Groups["word"].Value)))
        from Match command in InShell().Matches(text)
        select (line.Place, command.Groups["command"].Value.TrimEnd());

    private static IEnumerable<(string Place, string Command)> InText(string file) =>
        from line in Lines(file)
        where line.Language is null
        from Match command in Span().Matches(line.Text)
        select (line.Place, command.Groups["command"].Value);

    /// <summary>The lines of a page, with the language of the block that they stand in; <see langword="null"/> outside of all.</summary>
    private static IEnumerable<(string Place, string Text, string? Language)> Lines(string file)
    {
        string? language = null;
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.StartsWith("```", StringComparison.Ordinal)) language = language is null ? line[3..].Split(' ')[0] : null;
            else yield return ($"{Path.GetRelativePath(Approval.Repository(), file)}:{number}", line, language);
        }
    }

    // What a shell does not hand on ends it: a comment, a pipe, a redirection, a next command.
    [GeneratedRegex("(^|(?<=(\\$|--|app|\\.dll|\\./Notes|release|command:) ))(?<command>deploy [a-z][^#|<>&\\\\]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex InShell();

    [GeneratedRegex("\\[(\"[^\"]*\"(, )?)+\\]", RegexOptions.ExplicitCapture)]
    private static partial Regex Array();

    [GeneratedRegex("\"(?<word>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    [GeneratedRegex("`([^`]*(--|app|\\.dll) )?(?<command>deploy [a-z][^`]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Span();

    [GeneratedRegex("(?<= )[a-z-]+(\\|[a-z-]+)+", RegexOptions.ExplicitCapture)]
    private static partial Regex Alternatives();
}
