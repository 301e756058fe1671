using System.CommandLine;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>
/// What System.CommandLine parses with. Only the verb that the arguments begin with is built, and all of them when they begin with none.
/// </summary>
internal sealed class CommandModel
{
    // A value that begins with '@' is a value, and "-ab" is a slip, not two options.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    internal CommandModel(string? first)
    {
        Environment = new Option<string>("--environment")
        {
            HelpName = "NAME",
            Recursive = true,
            Description = "The environment, in any case. Default: the host's own (DOTNET_ENVIRONMENT, else Production).",
        };
        Output = new Option<string>("--output")
        {
            HelpName = "text|json",
            Recursive = true,
            Description = "How the result is written to standard output. Default: text.",
        };
        // No flag by type: nobody asks for its value, and each type of value is compiled anew at a start.
        Help = new Option<string>("--help", "-h", "-?")
        {
            Recursive = true,
            Description = "Shows this.",
            Arity = ArgumentArity.Zero,
        };
        Root = new Command("deploy", "Deploys this app: checks, plans, migrates, verifies, rolls back.") { Environment, Output, Help };
        var isKnown = false;
        foreach (var path in VerbCatalog.Paths)
            isKnown |= StandsFor(path, first);
        foreach (var path in VerbCatalog.Paths)
        {
            if (!isKnown || StandsFor(path, first))
                Add(path);
        }
    }

    internal Command Root { get; }

    internal Option<string> Environment { get; }

    internal Option<string> Output { get; }

    internal Option<string> Help { get; }

    internal ParseResult Parse(string[] args) => Root.Parse(args, Configuration);

    private static bool StandsFor(string path, string? first) =>
        first is not null && path.StartsWith(first, StringComparison.Ordinal) && (path.Length == first.Length || path[first.Length] == ' ');

    private static Command Group(Command parent, string path)
    {
        var name = path[(path.LastIndexOf(' ') + 1)..];
        foreach (var command in parent.Subcommands)
        {
            if (command.Name != name)
                continue;
            // A verb that is a group too is one by itself: without an action the parser wants more words.
            if (command is VerbCommand)
                command.SetAction(static _ => { });
            return command;
        }

        var group = new Command(name, VerbCatalog.DescriptionOfGroup(path));
        parent.Subcommands.Add(group);
        return group;
    }

    private void Add(string path)
    {
        var parent = Root;
        for (var end = path.IndexOf(' ', StringComparison.Ordinal); end > 0; end = path.IndexOf(' ', end + 1))
            parent = Group(parent, path[..end]);

        parent.Subcommands.Add(VerbCatalog.Create(path).ToCommand());
    }
}
