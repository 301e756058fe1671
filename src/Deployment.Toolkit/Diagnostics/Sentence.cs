namespace Deployment.Toolkit.Diagnostics;

/// <summary>Makes what others say a sentence of our own: some end their messages with a full stop and some don't.</summary>
internal static class Sentence
{
    internal static string Of(Exception exception) => exception.Message.TrimEnd('.', ' ') + ".";
}
