using Deployment.Toolkit.Health.Checks;

namespace Deployment.Toolkit;

/// <summary>
/// What a user does, as requests one after the other, each with what it has to answer: create something, read it, and take it away again.
/// </summary>
public sealed class SyntheticTransaction
{
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    internal SyntheticTransaction() { }

    internal List<SyntheticRequest> Requests { get; } = [];

    internal List<SyntheticRequest> CleanUps { get; } = [];

    /// <summary>How long cleaning up may take, also where the check is over its timeout already. Default 5 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero, or longer than a minute.</exception>
    public TimeSpan CleanUpWithin
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(1));
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>Headers of every request, made anew each time, so that a renewed key is used. Default: none.</summary>
    public Func<IReadOnlyDictionary<string, string>>? RequestHeaders { get; set; }

    /// <summary>Adds a request. What comes after it is sent only when it answers as it has to.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">
    /// The path behind the check's address, beginning with <c>/</c>. <c>{name}</c> stands for what <see cref="Keep"/> kept under that name,
    /// escaped.
    /// </param>
    /// <param name="content">Makes what is sent; <see langword="null"/> sends nothing.</param>
    /// <param name="expect">Says what is good; <see langword="null"/> for each status from 200 to 299.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">The path does not begin with <c>/</c>, or names what no request before it keeps.</exception>
    public SyntheticTransaction Send(
        HttpMethod method,
        string path,
        Func<HttpContent>? content = null,
        Action<HttpHealthOptions>? expect = null
    )
    {
        var options = new HttpHealthOptions();
        expect?.Invoke(options);
        Requests.Add(Request(method, path, content, options));
        return this;
    }

    /// <summary>Keeps a value of the last request's answer for the paths behind it, for example the id of what it created.</summary>
    /// <param name="name">The name that paths have it by.</param>
    /// <param name="path">Where it stands, as in <see cref="HttpHealthOptions.Json"/>: a text or a number.</param>
    /// <returns>This.</returns>
    /// <exception cref="InvalidOperationException">There is no request yet.</exception>
    /// <exception cref="FormatException">The path is no singular query.</exception>
    public SyntheticTransaction Keep(string name, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(path);
        if (Requests is not [.., var last])
            throw new InvalidOperationException("There is no answer to keep anything of: call Send before Keep.");

        last.Kept.Add((name, JsonPlace.Parse(path)));
        _kept.Add(name);
        return this;
    }

    /// <summary>
    /// Adds a request that is sent at the end, in whatever way the others went, as soon as what its path names was kept. 404 and 410 are
    /// good: it is gone already.
    /// </summary>
    /// <param name="method">The method, mostly <c>DELETE</c>.</param>
    /// <param name="path">The path, as in <see cref="Send"/>.</param>
    /// <param name="content">Makes what is sent; <see langword="null"/> sends nothing.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentException">The path does not begin with <c>/</c>, or names what no request before it keeps.</exception>
    public SyntheticTransaction CleanUp(HttpMethod method, string path, Func<HttpContent>? content = null)
    {
        CleanUps.Add(Request(method, path, content, new HttpHealthOptions()));
        return this;
    }

    private SyntheticRequest Request(HttpMethod method, string path, Func<HttpContent>? content, HttpHealthOptions options)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        var request = new SyntheticRequest(method, path, content, options);
        if (!path.StartsWith('/'))
            throw new ArgumentException($"'{path}' does not begin with '/'. It stands behind the check's address.", nameof(path));
        return request.Names.FirstOrDefault(name => !_kept.Contains(name)) is { } unknown
            ? throw new ArgumentException(
                $"'{path}' names '{{{unknown}}}', which no request before it keeps. Call Keep(\"{unknown}\", \"$.…\") behind the request that answers with it.",
                nameof(path)
            )
            : request;
    }
}
