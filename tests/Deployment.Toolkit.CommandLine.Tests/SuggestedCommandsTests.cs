using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>A command that a message suggests runs as it is printed.</summary>
public sealed partial class SuggestedCommandsTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void Every_command_in_a_message_of_the_code_is_a_whole_command()
    {
        var found = ((string[])["src", "analyzers"]).SelectMany(static folder => Files(folder, "*.cs")).SelectMany(InCode).ToList();
        Assert.True(found.Count > 80, $"Only {found.Count} commands were found: the search is broken.");
        AssertWhole(found);
    }

    // Without quotes nothing tells where it ends, and nothing adds the environment.
    [Fact]
    public void Every_command_in_a_message_of_the_code_stands_in_quotes()
    {
        var bare = Files("src", "*.cs").SelectMany(static file => File.ReadLines(file).Where(static line => Bare().IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.Empty(bare);
    }

    [Fact]
    public void Every_command_on_a_page_of_a_code_is_a_whole_command()
    {
        var found = ((string[])["docs/codes", "analyzers/docs"]).SelectMany(static folder => Files(folder, "*.md")).SelectMany(InPage).ToList();
        Assert.True(found.Count > 100, $"Only {found.Count} commands were found: the search is broken.");
        AssertWhole(found);
    }

    [Fact]
    public async Task The_environment_and_the_release_that_were_meant_are_in_the_next_command()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("down");
        var failed = await _app.RunAsync("up", "--environment", "development", "--release", "2.0.0");
        Assert.Contains("run 'deploy up --environment Development --release 2.0.0' again; 'deploy history --environment Development' keeps the whole story.", failed.Out, StringComparison.Ordinal);
        Assert.Contains("'deploy health --environment Development' asks the same checks.", failed.Out, StringComparison.Ordinal);

        _app.WithSettings("Staging");
        var refused = await _app.RunAsync("up", "--environment", "staging", "--release", "9.0.0", "--output", "json");
        Assert.Contains("Run 'deploy up --environment Development --release 9.0.0' first.", refused.Json.GetProperty("messages")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run 'deploy up' again", "run 'deploy up --environment Staging --release 2.0.0' again")]
    [InlineData("run 'deploy up --environment Development'", "run 'deploy up --environment Development --release 2.0.0'")]
    [InlineData("run 'deploy resume --mark-done \"warm up\"'", "run 'deploy resume --mark-done \"warm up\" --environment Staging'")]
    [InlineData("run 'deploy unhold --release 1.0.0 --reason \"…\"'", "run 'deploy unhold --release 1.0.0 --reason \"…\" --environment Staging'")]
    [InlineData("run 'deploy secrets verify --trust'", "run 'deploy secrets verify --environment Staging --trust'")]
    [InlineData("run 'deploy secrets rekey --trust-root x'", "run 'deploy secrets rekey --trust-root x --environment Staging'")]
    [InlineData("run 'deploy journal import /tmp/of another.jsonl'", "run 'deploy journal import /tmp/of another.jsonl'")]
    [InlineData("run 'deploy journal import /tmp/journal.jsonl'", "run 'deploy journal import --environment Staging /tmp/journal.jsonl'")]
    [InlineData("run 'deploy migrations add NAME'", "run 'deploy migrations add NAME'")]
    [InlineData("'deploy check' met an error", "'deploy check' met an error")]
    [InlineData("no command: 'deploy' and 'deploy nonsense'", "no command: 'deploy' and 'deploy nonsense'")]
    [InlineData("'deploy up is left open", "'deploy up is left open")]
    public void What_was_meant_is_added_where_it_is_missing(string text, string completed) =>
        Assert.Equal(completed, SuggestedCommands.Complete(new DeploymentMessage("DTK7019", text), "Staging", "2.0.0").Text);

    private static void AssertWhole(List<(string Command, string Place)> found)
    {
        var broken = found.Distinct().Select(static found => (found.Command, found.Place, Fault: SuggestedCommands.Read(found.Command).Fault ?? Swallowed(found.Command))).Where(static found => found.Fault is not null).ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken.Select(static found => $"{found.Place}: '{found.Command}': {found.Fault}")));
    }

    // The host's builder reads arguments too, and takes what stands behind a flag for its value.
    private static string? Swallowed(string command) =>
        Regex.IsMatch(command, "--(accept-data-loss|dry-run|trust|new-key|keep-old|replace|myself|online|settings-only|on-disk|allow-empty|staged|sql) --environment") ? "the builder takes '--environment' for the value of the flag before it" : null;

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Approval.Repository(), folder), pattern, SearchOption.AllDirectories).Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"));

    private static IEnumerable<(string Command, string Place)> InCode(string file)
    {
        var root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
        foreach (var expression in root.DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (!IsText(expression) || expression.Parent.IsKind(SyntaxKind.AddExpression)) continue;

            var place = $"{Path.GetRelativePath(Approval.Repository(), file)}:{expression.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
            foreach (Match match in Quoted().Matches(Text(expression)).Where(static match => !match.Value.Contains("[^", StringComparison.Ordinal))) yield return (match.Groups["command"].Value, place);
        }
    }

    private static bool IsText(ExpressionSyntax expression) =>
        expression.Kind() is SyntaxKind.AddExpression or SyntaxKind.InterpolatedStringExpression or SyntaxKind.StringLiteralExpression;

    // What is put in is a value; where a whole verb is put in, any stands for it, and where one of several databases is named, the option.
    private static string Text(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Text(sum.Left) + Text(sum.Right),
        LiteralExpressionSyntax { Token.Value: string text } => text,
        InterpolatedStringExpressionSyntax interpolated => string.Concat(interpolated.Contents.Select(static content => content switch
        {
            InterpolatedStringTextSyntax text => text.TextToken.ValueText,
            InterpolationSyntax { Expression: ParenthesizedExpressionSyntax { Expression: ConditionalExpressionSyntax either } } => Text(either.WhenTrue),
            InterpolationSyntax hole when hole.Expression.ToString().EndsWith("ey.Option", StringComparison.Ordinal) => " --database value",
            InterpolationSyntax hole => hole.Expression.ToString().Contains("verb", StringComparison.OrdinalIgnoreCase) ? "up" : hole.Expression.ToString() == "args[i - 1]" ? "--dry-run" : "value",
            _ => "",
        })),
        _ => "value",
    };

    private static IEnumerable<(string Command, string Place)> InPage(string file)
    {
        var isShell = false;
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var place = $"{Path.GetRelativePath(Approval.Repository(), file)}:{number}";
            if (line.StartsWith("```", StringComparison.Ordinal)) isShell = line == "```sh";
            else if (isShell && line.StartsWith("deploy ", StringComparison.Ordinal)) yield return (line.Split(" #")[0].Split(" <")[0].Split(" |")[0].Split(" >")[0], place);
            foreach (Match match in Quoted().Matches(line)) yield return (match.Groups["command"].Value, place);
        }
    }

    [GeneratedRegex("(with|run|Run|example|by|call):? deploy [a-z]")]
    private static partial Regex Bare();

    [GeneratedRegex("'(?<command>deploy [^'\\n]*)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
