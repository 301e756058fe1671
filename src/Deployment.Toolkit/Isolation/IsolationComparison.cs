using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Isolation;

/// <summary>Finds what an environment has that another has too, or that it must not have.</summary>
internal sealed class IsolationComparison(string environment, DeclaredIsolation declared)
{
    /// <summary>What is the same in another environment: each subject once, whatever it is called there.</summary>
    internal IEnumerable<IsolationFinding> With(OtherEnvironment other, IReadOnlyList<IsolationFact> facts)
    {
        var known = other.Facts.ToLookup(static fact => (fact.Kind, fact.Fingerprint));
        var found = new HashSet<(string, string)>();
        foreach (var fact in facts.Where(static fact => !fact.IsLocal))
        {
            var mine = other.Key.Observe(fact);
            if (Find(known, other, mine) is var (rule, theirs) && found.Add((rule, fact.Subject)))
                yield return Of(rule, fact, other.Name, theirs);
        }
    }

    /// <summary>Hosts that the environment is denied.</summary>
    internal IEnumerable<IsolationFinding> Denied(IReadOnlyList<IsolationFact> facts) =>
        from fact in facts
        where fact.Kind == IsolationKind.Host
        from denied in declared.Denied
        where
            denied.Environment.Equals(environment, StringComparison.OrdinalIgnoreCase)
            && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(denied.Pattern, fact.Value, ignoreCase: true)
        select new IsolationFinding
        {
            Rule = IsolationRules.Never,
            Subject = fact.Subject,
            Message = new DeploymentMessage(
                Codes.HostDenied,
                $"{fact.Subject} of '{environment}' leads to '{VisibleText.Line(fact.Value)}', and '{environment}' must never talk to '{denied.Pattern}'. "
                    + $"Nothing waives that. Name another host: 'deploy config explain {fact.Subject}' says where this one comes from."
            )
            {
                Key = fact.Subject,
            },
        };

    private static (string Rule, ObservedFact Theirs)? Find(
        ILookup<(string, string), ObservedFact> known,
        OtherEnvironment other,
        ObservedFact mine
    )
    {
        if (known[(mine.Kind, mine.Fingerprint)].FirstOrDefault() is { } same)
            return mine.Kind != nameof(IsolationKind.Database) ? (IsolationRules.Shared(Enum.Parse<IsolationKind>(mine.Kind)), same)
                : mine.Instance == same.Instance ? (IsolationRules.SharedDatabase, same)
                : (IsolationRules.DatabaseClone, same);
        return mine.Stamp is { } stamp && other.Facts.FirstOrDefault(fact => fact.Stamp == stamp) is { } copied
            ? (IsolationRules.DatabaseCopy, copied)
            : null;
    }

    private IsolationFinding Of(string rule, IsolationFact fact, string other, ObservedFact theirs)
    {
        var their = VisibleText.Line(theirs.Subject);
        var why = declared.WhyShared(fact.Subject);
        return new IsolationFinding
        {
            Rule = rule,
            Subject = fact.Subject,
            Other = other,
            OtherSubject = their,
            State = why is null ? IsolationState.Open : IsolationState.Declared,
            Because = why,
            Message = new DeploymentMessage(
                Codes.IsolationBroken,
                $"{Told(rule, fact.Subject, other, their)} Give '{environment}' one of its own, or declare that it is shared with "
                    + $".Share(\"{fact.Subject}\", \"why\") in AddIsolation."
            )
            {
                Key = fact.Kind == IsolationKind.Database ? null : fact.Subject,
            },
        };
    }

    private string Told(string rule, string subject, string other, string their) =>
        rule switch
        {
            IsolationRules.SharedDatabase =>
                $"{Database(subject)} of '{environment}' and {Database(their, isWithin: true)} of '{other}' are one, whatever they are called: what one environment "
                    + "migrates or loses, the other does.",
            IsolationRules.DatabaseClone =>
                $"{Database(subject)} of '{environment}' lies on a copy of all files of the server of '{other}', or on that server in another place: accounts and "
                    + "rows are the same.",
            IsolationRules.DatabaseCopy =>
                $"{Database(subject)} of '{environment}' bears the stamp of {Database(their, isWithin: true)} of '{other}': it is a copy of it, with its rows, which "
                    + "nobody adopted.",
            _ =>
                $"{subject} of '{environment}' {(rule == "shared-secret" ? "holds the same secret as" : "names the same " + rule["shared-".Length..] + " as")} {their} of "
                    + $"'{other}': {(rule == "shared-secret" ? "who has the one has the other" : "what one environment does there, the other sees")}.",
        };

    // "database" and "database:NAME", as a sentence speaks of them.
    private static string Database(string subject, bool isWithin = false) =>
        subject.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? $"{(isWithin ? "database" : "Database")} '{subject[(colon + 1)..]}'"
        : isWithin ? "the database"
        : "The database";
}
