using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>
/// What is wrong with a file, in its order. A file that is no such file at all, ten megabytes of something else, gives a report that can
/// be read and not a message a line.
/// </summary>
internal sealed class DotEnvFaults(string source)
{
    private const int MostOfOneKind = 100;

    private readonly List<DeploymentMessage> _messages = [];
    private int _errors;
    private int _warnings;

    internal void Unreadable(int line, int column, string text, string? name = null) =>
        Add(Codes.DotEnvUnreadable, line, column, text, name, MessageSeverity.Error, ref _errors);

    internal void Ambiguous(int line, int column, string text, string? name = null) =>
        Add(Codes.DotEnvAmbiguous, line, column, text, name, MessageSeverity.Error, ref _errors);

    internal void Duplicate(int line, int column, string text, string name) =>
        Add(Codes.DotEnvDuplicate, line, column, text, name, MessageSeverity.Warning, ref _warnings);

    /// <summary>How something is read that may be meant otherwise; in strict mode it is refused.</summary>
    internal void Reading(int line, int column, string text, string name, bool isStrict)
    {
        if (isStrict)
            Add(Codes.DotEnvReading, line, column, text, name, MessageSeverity.Error, ref _errors);
        else
            Add(Codes.DotEnvReading, line, column, text, name, MessageSeverity.Warning, ref _warnings);
    }

    internal void WithoutEffect(int line, int column, string text, string name) =>
        Add(Codes.DotEnvWithoutEffect, line, column, text, name, MessageSeverity.Warning, ref _warnings);

    internal IReadOnlyList<DeploymentMessage> InOrder()
    {
        var ordered = _messages.OrderBy(static message => message.Line).ThenBy(static message => message.Column).Distinct().ToList();
        if (_errors > MostOfOneKind)
            ordered.Add(More(Codes.DotEnvUnreadable, _errors, MessageSeverity.Error));
        if (_warnings > MostOfOneKind)
            ordered.Add(More(Codes.DotEnvDuplicate, _warnings, MessageSeverity.Warning));
        return ordered;
    }

    private DeploymentMessage More(string code, int count, MessageSeverity severity) =>
        new(
            code,
            $"{source} has {count - MostOfOneKind} more of such lines than the {MostOfOneKind} that are reported. Mend those first.",
            severity
        )
        {
            File = source,
        };

    private void Add(string code, int line, int column, string text, string? name, MessageSeverity severity, ref int count)
    {
        if (++count > MostOfOneKind)
            return;

        _messages.Add(
            new DeploymentMessage(code, $"{source}:{line}:{column} {text}", severity)
            {
                Key = name is null ? null : DotEnvTable.KeyOf(name),
                File = source,
                Line = line,
                Column = column,
            }
        );
    }
}
