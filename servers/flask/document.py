# The Flask server of "Why isn't cross-domain policy applying?", scenario 2, as the
# text has it. Two things differ: it listens on a free port and prints which
# (serve.py), and it has /other, a path that the document's resources leave out.

import sys

sys.dont_write_bytecode = True

from flask import Flask, jsonify, request
from flask_cors import CORS

from serve import serve

app = Flask(__name__)
CORS(app, resources={r"/data": {"origins": "https://your-client.com"}})

@app.route('/data', methods=['GET', 'POST'])
def get_data():
    if request.method == 'GET':
        return jsonify({"message": "Data from server (GET)"})
    elif request.method == 'POST':
        data = request.get_json()
        return jsonify({"message": "Data received (POST)", "payload": data})

@app.route('/other', methods=['GET', 'POST'])
def get_other():
    return jsonify({"message": "Data without CORS"})

if __name__ == '__main__':
    serve(app)
