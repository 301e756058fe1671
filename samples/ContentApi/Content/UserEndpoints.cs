namespace ContentApi.Content;

internal sealed record UserItem(long Id, string DisplayName, string Role);

internal static class UserEndpoints
{
    internal static void MapUsers(this IEndpointRouteBuilder app)
    {
        app.MapGet(
            "/users",
            static (ContentDatabase database, CancellationToken cancellationToken) =>
                ReadAsync(database, "SELECT id, display_name, role FROM users ORDER BY id", cancellationToken)
        );
        app.MapGet(
            "/users/{id:long}",
            static async (long id, ContentDatabase database, CancellationToken cancellationToken) =>
                await ReadAsync(database, "SELECT id, display_name, role FROM users WHERE id = @id", cancellationToken, ("@id", id))
                    is [var user]
                    ? Results.Ok(user)
                    : Results.NotFound()
        );
    }

    private static Task<List<UserItem>> ReadAsync(
        ContentDatabase database,
        string sql,
        CancellationToken cancellationToken,
        params (string, object)[] parameters
    ) =>
        database.QueryAsync(
            sql,
            static row => new UserItem(row.GetInt64(0), row.GetString(1), row.GetString(2)),
            cancellationToken,
            parameters
        );
}
