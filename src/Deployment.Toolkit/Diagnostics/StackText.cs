using System.Text;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// Exceptions as the log gets them: as text with its secrets masked, since an <c>ILogger</c> writes an exception as it is.
/// </summary>
internal static class StackText
{
    /// <summary>What a report says of it.</summary>
    internal const string Where = "Its stack trace stands in the log of category Deployment.Toolkit.Deployer.";

    /// <summary>The same within a sentence, of one exception or several.</summary>
    internal const string WhereThrown = "stack traces stand in the log of category Deployment.Toolkit.Deployer";

    // A chain of inner exceptions can be as long as somebody likes.
    private const int Longest = 32 * 1024;
    private const int MostInner = 20;

    internal static string Of(Exception exception, Func<string, string> redact)
    {
        // Masked whole and then cut: half a secret would not be recognised.
        var text = redact(exception.ToString());
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
    }

    /// <summary>The exception, or one that stands for it where its own words can't be had: they are foreign code.</summary>
    internal static Exception Readable(Exception exception)
    {
        try
        {
            _ = exception.Message;
            _ = exception.ToString();
            return exception;
        }
        catch (Exception e)
        {
            return new InvalidOperationException($"{exception.GetType()}, whose own words end in a {e.GetType()}");
        }
    }

    /// <summary>Types and places alone, for exceptions whose words may hold a secret that nobody knows yet.</summary>
    internal static string WithoutWords(Exception exception)
    {
        var text = new StringBuilder();
        var next = exception;
        for (var depth = 0; next is not null && depth < MostInner && text.Length < Longest; next = next.InnerException, depth++)
            text.Append(depth == 0 ? "" : " ---> ").AppendLine(next.GetType().FullName).AppendLine(next.StackTrace);
        return text.Length <= Longest ? text.ToString() : string.Concat(text.ToString(0, Longest), "…");
    }
}

/// <summary>Stands for an exception whose own words must not be repeated: where it came from is told, what it said is not.</summary>
internal sealed class WordlessException(Exception original) : Exception($"{original.GetType().Name}; its own words are left out")
{
    private readonly string _places = StackText.WithoutWords(original);

    public override string ToString() => _places;
}
