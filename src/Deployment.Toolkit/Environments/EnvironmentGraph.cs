using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Environments;

/// <summary>The declared environments and how releases move between them.</summary>
internal sealed class EnvironmentGraph
{
    private readonly List<DeploymentEnvironment> _environments = [];
    private readonly Dictionary<DeploymentEnvironment, EnvironmentRules> _rules = [];

    internal IReadOnlyList<DeploymentEnvironment> All => _environments;

    /// <summary>Whether the app declared its own; until then .NET's three stand in.</summary>
    internal bool IsDeclared { get; private set; }

    internal static EnvironmentGraph Default()
    {
        var graph = new EnvironmentGraph();
        graph._environments.Add(new DeploymentEnvironment("Development"));
        graph._environments.Add(new DeploymentEnvironment("Staging") { PromotedFrom = "Development" });
        graph._environments.Add(new DeploymentEnvironment("Production") { PromotedFrom = "Staging", IsProtected = true });
        return graph;
    }

    internal void Declare(DeploymentEnvironment environment, EnvironmentRules rules)
    {
        if (!IsDeclared)
            _environments.Clear();
        IsDeclared = true;
        // Said twice in the same words it is said once; in others it is a fault.
        if (!_environments.Contains(environment))
        {
            _environments.Add(environment);
            _rules[environment] = rules;
        }
        else if (!RulesOf(environment).Equals(rules))
            _environments.Add(environment);
    }

    /// <summary>What an environment wants of a release besides the promotion order.</summary>
    internal EnvironmentRules RulesOf(DeploymentEnvironment environment) => _rules.GetValueOrDefault(environment, EnvironmentRules.None);

    internal DeploymentEnvironment? Find(string name) =>
        _environments.Find(environment => string.Equals(environment.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The declared environment of that name in any case.</summary>
    /// <exception cref="DeploymentException">None is; the message suggests one.</exception>
    internal DeploymentEnvironment Get(string name) =>
        Find(name) ?? throw new DeploymentException(DeploymentOutcome.Refused, [Unknown(name)]);

    internal DeploymentMessage Unknown(string name) =>
        new(
            Codes.EnvironmentUnknown,
            $"Environment '{name}' is not declared.{Suggestion.Sentence(name, Names)} Declared are {string.Join(", ", Names)}: "
                + $"name one of them with --environment, or declare it with .Add(\"{name}\") in AddEnvironments."
        );

    /// <summary>The environments whose files lie below this one's own, from the root down.</summary>
    internal IReadOnlyList<DeploymentEnvironment> Ancestors(DeploymentEnvironment environment)
    {
        var chain = new List<DeploymentEnvironment>();
        var next = environment;
        while (next.InheritsFrom is { } parent && Find(parent) is { } found && found != environment && !chain.Contains(found))
        {
            chain.Insert(0, found);
            next = found;
        }

        return chain;
    }

    /// <summary>Every fault of the graph at once.</summary>
    internal IReadOnlyList<DeploymentMessage> Validate()
    {
        var faults = new List<DeploymentMessage>();
        foreach (var environment in _environments)
        {
            if (!IsName(environment.Name))
                Fault(
                    faults,
                    $"Environment '{environment.Name}' has a name that cannot be a folder's. Use letters, digits, '.', '-' and '_', "
                        + $"beginning with a letter or digit."
                );
        }

        foreach (var twins in _environments.GroupBy(static e => e.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Count() > 1))
            Fault(
                faults,
                $"Environment '{twins.Key}' is declared {twins.Count()} times (as "
                    + $"{string.Join(", ", twins.Select(static e => $"'{e.Name}'"))}; names compare without case). Remove the surplus "
                    + $".Add calls."
            );

        foreach (
            var environment in _environments.Where(environment => RulesOf(environment).Soak is not null && environment.PromotedFrom is null)
        )
            Fault(
                faults,
                $"Environment '{environment.Name}' wants a release to soak, and is promoted from nowhere. Say from where with "
                    + "PromotedFrom, or take Soak out."
            );

        Follow(faults, static e => e.PromotedFrom, "is promoted from", "PromotedFrom");
        Follow(faults, static e => e.InheritsFrom, "inherits from", "InheritsFrom");
        return faults;
    }

    private IEnumerable<string> Names => _environments.Select(static environment => environment.Name);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static void Fault(List<DeploymentMessage> faults, string text) =>
        faults.Add(new DeploymentMessage(Codes.EnvironmentGraph, text));

    private void Follow(List<DeploymentMessage> faults, Func<DeploymentEnvironment, string?> source, string verb, string method)
    {
        var inCycle = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var environment in _environments)
        {
            if (source(environment) is { } name && Find(name) is null)
                Fault(
                    faults,
                    $"Environment '{environment.Name}' {verb} '{name}', which is not declared.{Suggestion.Sentence(name, Names)} "
                        + $"Declare it with .Add(\"{name}\") or correct {method}."
                );

            var path = new List<string> { environment.Name };
            for (
                var next = source(environment) is { } first ? Find(first) : null;
                next is not null;
                next = source(next) is { } more ? Find(more) : null
            )
            {
                path.Add(next.Name);
                if (string.Equals(next.Name, environment.Name, StringComparison.OrdinalIgnoreCase))
                {
                    if (!path.TrueForAll(inCycle.Contains))
                        Fault(
                            faults,
                            $"Environment '{environment.Name}' {verb} itself: {string.Join(" ← ", path)}. Remove one {method} of the "
                                + $"circle."
                        );
                    inCycle.UnionWith(path);
                    break;
                }

                // A circle further along that doesn't come back here is reported where it does.
                if (path.Count > _environments.Count + 1)
                    break;
            }
        }
    }
}
