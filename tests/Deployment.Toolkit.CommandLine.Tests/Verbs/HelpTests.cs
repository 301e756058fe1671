using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class HelpTests : IDisposable
{
    private readonly TestApp _app = new();

    public static TheoryData<string> Paths => new(VerbCatalog.Paths);

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Help_of_a_verb_has_its_sentence_its_options_and_one_to_three_examples(string path)
    {
        var verb = VerbCatalog.Create(path);
        var ran = await _app.RunAsync([.. path.Split(' '), "--help"]);

        Assert.Equal(0, ran.ExitCode);
        Assert.Empty(ran.Error);
        Assert.StartsWith(verb.Description, ran.Out, StringComparison.Ordinal);
        Assert.EndsWith(".", verb.Description, StringComparison.Ordinal);
        Assert.Contains("--environment NAME", ran.Out, StringComparison.Ordinal);
        Assert.Contains("--output text|json", ran.Out, StringComparison.Ordinal);
        Assert.InRange(verb.Examples.Count, 1, 3);
        Assert.All(verb.Examples, example => Assert.StartsWith("deploy " + path, example, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Examples_are_commands_that_parse(string path) => Assert.All(VerbCatalog.Create(path).Examples, example =>
    {
        var args = Split(example)[1..];
        var model = new CommandModel(args[0]);
        var parse = model.Parse(args);
        Assert.Null(CommandLineFault.Find(parse, model));
        Assert.IsType<VerbCommand>(parse.CommandResult.Command);
    });

    [Fact]
    public async Task Deploy_alone_lists_every_verb()
    {
        var ran = await _app.RunAsync();

        Assert.Equal(0, ran.ExitCode);
        Assert.All(VerbCatalog.Paths, path => Assert.Contains("  " + path.Split(' ')[0] + " ", ran.Out, StringComparison.Ordinal));
        Assert.Contains("130", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_alone_lists_its_verbs() => Assert.Contains("  restore ", (await _app.RunAsync("backup")).Out, StringComparison.Ordinal);

    private static string[] Split(string line)
    {
        var parts = new List<string>();
        var quoted = line.Split('"');
        for (var i = 0; i < quoted.Length; i++)
        {
            if (i % 2 == 1) parts.Add(quoted[i]);
            else parts.AddRange(quoted[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return [.. parts];
    }
}
