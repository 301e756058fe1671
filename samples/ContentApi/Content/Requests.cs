namespace ContentApi.Content;

/// <summary>What a list may be asked for; everything that is wrong is said at once.</summary>
internal sealed class Requests
{
    internal static readonly IReadOnlyList<string> Kinds = ["flashcards", "quiz", "study_guide"];

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    internal IResult? Refusal => _faults.Count == 0 ? null : Results.ValidationProblem(_faults);

    internal Requests Require(bool holds, string field, string fault)
    {
        if (!holds)
            _faults[field] = [fault];
        return this;
    }

    internal Requests Kind(string? kind) =>
        Require(kind is null || Kinds.Contains(kind), "kind", $"There is no kind '{kind}'. Kinds are {string.Join(", ", Kinds)}.");

    internal Requests Page(int page, int size, int maximum) =>
        Require(page >= 1, "page", "Pages are counted from 1.")
            .Require(size >= 1 && size <= maximum, "pageSize", $"A page holds 1 to {maximum} items.");
}
