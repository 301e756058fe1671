namespace Deployment.Toolkit;

/// <summary>How much a message weighs.</summary>
public enum MessageSeverity
{
    /// <summary>The reason why something was refused or failed; also what a message weighs that does not say.</summary>
    Error,

    /// <summary>Something to look at; nothing was stopped for it.</summary>
    Warning,

    /// <summary>Something to know.</summary>
    Information,
}

/// <summary>
/// One thing that the toolkit says to people and scripts: subject, defect, values (never a secret's), then the call or
/// setting that mends it.
/// </summary>
public sealed record DeploymentMessage
{
    /// <summary>Makes one.</summary>
    /// <param name="code">The stable code, for example <c>DTK7101</c>; each has a page in the documentation.</param>
    /// <param name="text">The sentence, without the code.</param>
    /// <param name="severity">How much it weighs; default <see cref="MessageSeverity.Error"/>.</param>
    public DeploymentMessage(string code, string text, MessageSeverity severity = MessageSeverity.Error) =>
        (Code, Text, Severity) = (code, text, severity);

    /// <summary>The stable code, for example <c>DTK7101</c>; each has a page in the documentation.</summary>
    public string Code { get; init; }

    /// <summary>The sentence, without the code.</summary>
    public string Text { get; init; }

    /// <summary>How much it weighs; default <see cref="MessageSeverity.Error"/>.</summary>
    public MessageSeverity Severity { get; init; }

    /// <summary>The configuration key that it is about.</summary>
    public string? Key { get; init; }

    /// <summary>The file that it is about.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="Line"/>, in characters from 1.</summary>
    public int? Column { get; init; }

    /// <summary>The source line with a caret under the column, where the message is about a place in a text.</summary>
    public string? Excerpt { get; init; }

    /// <summary>The text and the code, on one line: <c>… [DTK7101]</c>.</summary>
    public override string ToString() => $"{Text} [{Code}]";
}
