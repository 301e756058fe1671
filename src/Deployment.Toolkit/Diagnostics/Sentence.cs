namespace Deployment.Toolkit.Diagnostics;

/// <summary>Makes what others say a sentence of our own: some end their messages with a full stop and some don't.</summary>
internal static class Sentence
{
    // Codes stand behind a message, not in the middle of another one's.
    internal static string Of(Exception exception) =>
        exception is DeploymentException own
            ? string.Join(' ', own.Messages.Select(static message => message.Text))
            : exception.Message.TrimEnd('.', ' ') + ".";
}
