using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Hosting;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>What a verb needs the host's environment for.</summary>
internal enum EnvironmentUse
{
    /// <summary><c>--environment</c> says whose journal is read; the host may be another's.</summary>
    JournalOnly,

    /// <summary>It works with the host's configuration, so <c>--environment</c> has to be the host's.</summary>
    Host,

    /// <summary>Like <see cref="Host"/>, and it changes something: a protected one has to be named.</summary>
    Change,
}

/// <summary>One verb: its options, its examples and what it calls. It holds no logic of its own.</summary>
internal abstract class Verb
{
    private readonly List<Symbol> _symbols = [];
    private Option<string>? _release;
    private Option<string>? _to;
    private Option<bool>? _dryRun;
    private Option<bool>? _acceptDataLoss;
    private Option<TimeSpan?>? _lockTimeout;
    private Option<string>? _as;
    private Option<string>? _database;
    private Option<string>? _tenant;
    private Option<string[]>? _markDone;
    private Option<string[]>? _markNotDone;

    /// <summary>The words behind <c>deploy</c>, for example <c>backup list</c>.</summary>
    internal abstract string Path { get; }

    /// <summary>One sentence.</summary>
    internal abstract string Description { get; }

    /// <summary>One to three commands, as they are typed behind the app's name.</summary>
    internal abstract IReadOnlyList<string> Examples { get; }

    internal virtual EnvironmentUse Use => EnvironmentUse.Host;

    /// <summary>The environment that the verb's own arguments name; <see langword="null"/> when they name none.</summary>
    internal virtual string? EnvironmentOf(ParseResult parse) => null;

    /// <summary>The kinds of section that its report may have, as its row in the catalog names them.</summary>
    internal string[] Reports { get; init; } = [];

    internal string Word => Path[(Path.LastIndexOf(' ') + 1)..];

    internal abstract Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken);

    internal bool IsDryRun(ParseResult parse) => IsGiven(parse, _dryRun);

    // A flag that was not given has a result too, an implicit one.
    internal static bool IsGiven(ParseResult parse, Option? option) => option is not null && parse.GetResult(option) is { Implicit: false };

    internal Command ToCommand()
    {
        var command = new VerbCommand(this);
        foreach (var symbol in _symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)symbol);
        }

        return command;
    }

    protected T Add<T>(T symbol)
        where T : Symbol
    {
        _symbols.Add(symbol);
        return symbol;
    }

    protected void TakesRelease(
        string description = "The release as version or version+commit. Default: the app's own informational version."
    ) => _release = Add(new Option<string>("--release") { HelpName = "VERSION", Description = description });

    /// <summary>For what is about one database.</summary>
    protected void TakesDatabase(string without = "needed where the app has several") =>
        _database = Add(new Option<string>("--database") { HelpName = "NAME", Description = $"Which of the app's databases; {without}." });

    /// <summary>For what may also be about the database of one tenant.</summary>
    protected void TakesTenant() =>
        _tenant = Add(
            new Option<string>("--tenant")
            {
                HelpName = "ID",
                Description = "Which tenant's database; --database names the tenants where the app has several kinds of them.",
            }
        );

    protected void TakesTo() =>
        _to = Add(
            new Option<string>("--to")
            {
                HelpName = "VERSION",
                Description = "The release to go back to. Default: the newest verified one before the present.",
            }
        );

    protected void TakesDryRun(string description = "Plans only and prints the plan; nothing is changed.") =>
        _dryRun = Add(Flag("--dry-run", description));

    protected void TakesAcceptDataLoss() =>
        _acceptDataLoss = Add(
            Flag(
                "--accept-data-loss",
                "Lets rows go that were written since, by a restored backup or a way back that removes them; the database as it was is "
                    + "kept as a backup."
            )
        );

    protected void TakesLockTimeout() =>
        _lockTimeout = Add(
            new Option<TimeSpan?>("--lock-timeout")
            {
                HelpName = "DURATION",
                Description =
                    "How long to wait for the environment's lock, with a unit: 500ms, 30s, 5m, 1h, 1d or d.hh:mm:ss. Default: the "
                    + "setting Deployment:LockTimeout, else 5m.",
                CustomParser = Duration.Parse,
            }
        );

    /// <summary>For what writes into the journal.</summary>
    protected void TakesAs() =>
        _as = Add(
            new Option<string>("--as")
            {
                HelpName = "NAME",
                Description =
                    "Who you are. Recorded and shown as claimed, beside the operating system's user, SUDO_USER and the build server's.",
                CustomParser = static result =>
                {
                    var name = result.Tokens[0].Value;
                    if (OperatorClaim.FaultOf(name) is { } fault)
                        result.AddError($"Option '--as' {fault}. Write for example --as \"Anna Berg\" or --as anna@example.org.");
                    return name;
                },
            }
        );

    /// <summary>The name that was given with <c>--as</c>.</summary>
    internal string? ClaimedOperator(ParseResult parse) => _as is null ? null : parse.GetValue(_as);

    protected void TakesMarks()
    {
        _markDone = Add(Repeatable("--mark-done", "A step in doubt that you found done. May be given more than once."));
        _markNotDone = Add(Repeatable("--mark-not-done", "A step in doubt that you found not done. May be given more than once."));
    }

    /// <summary>For what the journal keeps with a reason.</summary>
    protected Option<string> TakesReason(bool isRequired = true, string description = "Why; kept in the journal.") =>
        Add(
            new Option<string>("--reason")
            {
                HelpName = "TEXT",
                Description = description,
                Required = isRequired,
            }
        );

    /// <summary>The release that was given.</summary>
    protected string? Release(ParseResult parse) => _release is null ? null : parse.GetValue(_release);

    /// <summary>The release to go back to that was given.</summary>
    protected string? To(ParseResult parse) => _to is null ? null : parse.GetValue(_to);

    /// <summary>The database that was given.</summary>
    protected string? DatabaseName(ParseResult parse) => _database is null ? null : parse.GetValue(_database);

    /// <summary>The tenant that was given.</summary>
    protected string? Tenant(ParseResult parse) => _tenant is null ? null : parse.GetValue(_tenant);

    /// <summary>The database that was given; all of them where none was.</summary>
    protected DeploymentDatabase Database(VerbContext context) =>
        Tenant(context.Parse) is { Length: > 0 } tenant ? context.Database.OfTenant(DatabaseName(context.Parse), tenant)
        : DatabaseName(context.Parse) is { Length: > 0 } name ? context.Database.Of(name)
        : context.Database;

    protected TimeSpan? LockTimeout(ParseResult parse) => _lockTimeout is null ? null : parse.GetValue(_lockTimeout);

    protected bool AcceptsDataLoss(ParseResult parse) => IsGiven(parse, _acceptDataLoss);

    protected IReadOnlyList<string> MarkDone(ParseResult parse) => _markDone is null ? [] : parse.GetValue(_markDone) ?? [];

    protected IReadOnlyList<string> MarkNotDone(ParseResult parse) => _markNotDone is null ? [] : parse.GetValue(_markNotDone) ?? [];

    private static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static Option<string[]> Repeatable(string name, string description) =>
        new(name)
        {
            HelpName = "STEP",
            Description = description,
            Arity = ArgumentArity.OneOrMore,
        };
}

/// <summary>A verb's place in the command model.</summary>
internal sealed class VerbCommand(Verb verb) : Command(verb.Word, verb.Description)
{
    internal Verb Verb => verb;
}
